import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hookSeconds, shell } from './shell.ts';

const sh = (script: string) => shell(['sh', '-c', script]);
const names = (script: string) => sh(script).commands.map(({ name }) => name);

describe('shell', () => {
  it.each<[readonly string[], string, number]>([
    [['sh', '-c', 'run'], 'run', 2],
    [['/bin/bash', '-ec', 'run', 'zero'], 'run', 2],
    [['bash', '-e', '-o', 'pipefail', '-c', 'run'], 'run', 5],
    [['/usr/bin/env', 'A=1', 'bash', '-c', 'run'], 'run', 4],
    [['busybox', 'sh', '-c', 'run'], 'run', 3],
    [['sh', 'start.sh', '-c', 'run'], '', -1],
    [['tini', '--', 'sh', '-c', 'run'], '', -1],
    [['sh', '-c'], '', -1],
    [['web', '-c', 'run'], '', -1],
    [[], '', -1],
  ])('finds the script of %j', (words, script, index) => {
    expect(shell(words)).toMatchObject({ script, index });
  });

  it.each([
    [['/start.sh'], '/start.sh'],
    [['bash', '-x', '/start'], '/start'],
    [['sh', '-c', '/start.sh'], ''],
    [['web'], ''],
  ])('finds the script file of %j', (words, file) => {
    expect(shell(words).file).toBe(file);
  });

  it.each<[string, readonly string[]]>([
    ['a; b && c || d | e & f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['a\nb # c; d\ne', ['a', 'b', 'e']],
    ['/bin/a "b; c" \'d; e\' f\\;g', ['a']],
    ['X=1 a; Y=2', ['a']],
    ['if a; then b; elif c; then d; else e; fi; f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['case $1 in a|b) c;; *) d; e;; esac; f', ['c', 'd', 'e', 'f']],
    ['while a; do b; done; until c; do d; done; for i in 1 2; do e; done', ['a', 'b', 'c', 'd', 'e']],
    ['f() { a; }; function g { b; }; (c; d); { e; }', ['a', 'b', 'c', 'd', 'e']],
    ['a "$(b | c)" `d` $X; f <(g)', ['b', 'c', 'd', 'a', 'g', 'f']],
    ['cat <<EOF\na; b\nEOF\nc', ['cat', 'c']],
    ['exec env A=1 timeout -k 5 10 nohup a b', ['a']],
    ['a \\\n b; c', ['a', 'c']],
    ['(( i++ )); a', ['((', 'a']],
    ['bash -c "a; b"; c', ['bash', 'a', 'b', 'c']],
  ])('reads %j', (script, expected) => {
    expect(names(script)).toEqual(expected);
  });

  it('reads a command without a shell', () => {
    expect(shell(['timeout', '5', 'curl', '-f', 'http://localhost:80/'])).toMatchObject({
      script: '',
      commands: [{ name: 'curl', words: ['curl', '-f', 'http://localhost:80/'], hosts: ['localhost'] }],
    });
  });

  it.each<[string, readonly string[]]>([
    ['a > b 2>> c', ['b', 'c']],
    ['a >/dev/null 2>&1 <d', ['/dev/null']],
    ['a &> b; c >| d', ['b', 'd']],
    ['echo "a > b" \\> c', []],
    ['[[ a > b ]]', []],
    ['{ a; b; } > c', ['c']],
  ])('knows what %j writes', (script, writes) => {
    expect(sh(script).commands.flatMap((command) => command.writes)).toEqual(writes);
  });

  it.each<[string, readonly string[]]>([
    ['mysqladmin ping -h db -u root', ['db']],
    ['mysql -hdb', ['db']],
    ['redis-cli --host=cache ping', ['cache']],
    ['df -h /data', []],
    ['nc -z -w 5 db 5432', ['db']],
    ['curl -fs https://user:secret@[::1]:8080/x', ['[::1]']],
    ['curl -s db:8080/health', ['db']],
    ['pg_isready -h $DB_HOST', []],
    ['pg_isready -h $(POD_IP)', []],
  ])('knows the hosts that %j names', (script, hosts) => {
    expect(sh(script).commands.flatMap((command) => command.hosts)).toEqual(hosts);
  });

  it.each<[string, readonly string[]]>([
    ['a && b || c; d & e', ['a', 'b', 'e']],
    ['if a; then b; fi; while c; do d; done; f() { g; }; h "$(i)"', ['h']],
    ['(a; { b; })', ['a', 'b']],
  ])('knows what of %j runs in any case', (script, expected) => {
    expect(
      sh(script)
        .commands.filter(({ top }) => top)
        .map(({ name }) => name),
    ).toEqual(expected);
  });

  it.each<[string, object]>([
    ['while true; do a; done', { keyword: 'while', endless: true, bounded: false, followed: false }],
    ['while true; do a && break; sleep 1; done; b', { endless: false, bounded: false, followed: true }],
    ['until nc -z db 1; do sleep 1; done; exec web', { keyword: 'until', endless: false, followed: true }],
    ['while a; do b; done &\nc', { followed: false }],
    ['for i in 1 2; do a; done; b', { keyword: 'for', bounded: true, followed: true }],
    ['for i in 1 2; do until a; do b; done; done', { keyword: 'for', bounded: false }],
    ['while [ $i -lt 9 ]; do i=$((i+1)); done', { bounded: true }],
    ['while read line; do a; done', { bounded: true }],
    ['timeout 9 sh -c "while a; do b; done"', { bounded: true }],
  ])('knows the loop of %j', (script, loop) => {
    expect(sh(script).loops).toMatchObject([loop]);
  });

  it.each<[string, boolean]>([
    ['exec a', true],
    ['a; exec b "$@"', true],
    ['a && exec b', true],
    ['exec a || echo failed', true],
    ['if a; then exec b; else exec c; fi', true],
    ['case a in b) exec c;; *) exec d;; esac', true],
    ['{ a; exec b; }', true],
    ['exec a; echo never', true],
    ['if a; then exec b; fi; c', false],
    ['[ a ] && exec b; c', false],
    ['exec a & wait', false],
    ['exec a | tee log', false],
    ['exec > log', false],
    ['a', false],
  ])('knows how %j ends', (script, expected) => {
    expect(sh(script).endsInExec).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['java -jar "app.jar" > log', true],
    ['A=1 java', false],
    ['cd /app', false],
    ['exec java', false],
    ['a; b', false],
    ['a | b', false],
    ['a &', false],
    ['if a; then b; fi', false],
    ['', false],
  ])('knows whether %j is one simple command', (script, simple) => {
    expect(sh(script).simple).toBe(simple);
  });

  it('gives facts about any text', () => {
    const pieces = [
      'if',
      'then',
      'fi',
      'do',
      'done',
      'case',
      'in',
      'esac',
      '(',
      ')',
      '{',
      '}',
      '"',
      "'",
      '`',
      '$(',
      '${',
    ];
    const more = [
      ';',
      ';;',
      ';&',
      ';;&',
      '&',
      '|',
      '<<',
      '<(',
      '>',
      '\n',
      ' ',
      '\\',
      '#',
      'while',
      'a',
      '[[',
      'sh -c ',
      '))',
      'f()',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 60 }), (parts) => {
        expect(sh(parts.join('')).commands).toBeInstanceOf(Array);
        expect(sh(parts.join(' ')).loops).toBeInstanceOf(Array);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([';;', ';&', ';;&', ')'])('comes past %j where a branch of an if ends', (operator) => {
    expect(sh(`if a${operator} b; fi; c`).commands).toContainEqual(expect.objectContaining({ name: 'b' }));
  });

  it.each(['(', '$(', '`', '"$(', 'if ', '{ ', 'while ', 'f() ', '((', '${', '<('])(
    'stands any depth of %j',
    (open) => {
      expect(sh(open.repeat(20_000)).commands).toBeInstanceOf(Array);
    },
  );
});

describe('hookSeconds', () => {
  it.each<[string, number]>([
    ['sleep 20', 20],
    ['sleep 1m 30s', 90],
    ['sleep 0.5; sleep 2', 3],
    ['nginx -s quit; sleep 5', 5],
    ['sleep 5 & wait', 0],
    ['nginx -s quit || sleep 5', 0],
    ['if a; then sleep 5; fi', 0],
    ['sleep infinity; sleep 5', 2147483647],
    ['sleep $SECONDS', 0],
    ['timeout 5 sleep 60', 0],
  ])('of %j', (script, seconds) => {
    expect(hookSeconds({ exec: { command: ['sh', '-c', script] } })).toBe(seconds);
  });

  it('reads the sleep action, and a command without a shell', () => {
    expect(hookSeconds({ sleep: { seconds: 7 } })).toBe(7);
    expect(hookSeconds({ exec: { command: ['/bin/sleep', '2h'] } })).toBe(7200);
    expect(hookSeconds({ httpGet: { port: 80 } })).toBe(0);
  });
});
