import { describe, expect, it } from 'vitest';
import { literalRegex, type Regex } from '../../cel/regex.ts';
import type { Value } from '../../cel/value.ts';
import { CREDENTIAL_FUNCTIONS, credentialsIn, isLiteral, namesAspect, secretLines } from './credential.ts';

const NAMES = literalRegex('(?i)(passw(or)?d|_pwd$|secret|token|api_?key)') as Regex;
const EXCEPT = literalRegex('(?i)(_file|_path|_name)') as Regex;
const lines = (...text: readonly string[]): readonly string[] => secretLines(text.join('\n'), NAMES, EXCEPT);

function call(name: string, ...args: readonly Value[]): unknown {
  const overloads = CREDENTIAL_FUNCTIONS.find((each) => each.name === name)?.overloads ?? [];
  return overloads[overloads.length - 1]?.call(...args);
}

describe('isLiteral', () => {
  it.each(['123456', 'hunter2', 'a b', '$ecret', 'x=', 'C:\\x', 'a/b'])('is true for %s', (text) => {
    expect(isLiteral(text)).toBe(true);
  });

  it.each([
    ...['', '  ', '****', '$(NAME)', 'a-$(NAME)', `\${NAME}`, '$NAME', '{{ .Values.x }}', '<password>', '%(name)s'],
    ...['true', 'No', 'null', 'string', '/etc/x/y.json', './x', '~/.x', '/', 'https://x.example.com'],
  ])('is false for %j', (text) => {
    expect(isLiteral(text)).toBe(false);
  });
});

describe('namesAspect', () => {
  it.each([
    'TOKEN_EXPIRATION',
    'PASSWORD_MIN_LENGTH',
    'secretManager',
    'token.expires',
    'api-key-header',
    'max_tokens',
    'tokenizer',
  ])('is true for %s', (name) => {
    expect(namesAspect(name)).toBe(true);
  });

  it.each(['TOKEN', 'PASSWORD_1', 'SECRET_KEY_BASE', 'MODE', 'tokenage', 'AGE_SECRET'])('is false for %s', (name) => {
    expect(namesAspect(name)).toBe(false);
  });
});

describe('credentialsIn', () => {
  it.each([
    ['postgres://shop:x1@db/shop', 'a URL with a password'],
    ['redis://:x1@db', 'a URL with a password'],
    ['Server=db;User Id=sa;Password=x1;', 'a connection string with a password'],
    ['AccountName=shop;AccountKey=x1==;', 'a connection string with a password'],
    ['User ID=sa; Password=x1', 'a connection string with a password'],
    ['-----BEGIN RSA PRIVATE KEY-----\nx', 'a private key'],
    ['---BEGIN OPENSSH PRIVATE KEY---', 'a private key'],
    ['Authorization: Bearer 4f6c0a1b2c3d4e5f', 'a bearer token'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzaG9wIn0.c2lnbmF0dXJl', 'a bearer token'],
    ['shop --password=x1', 'the option --password'],
    ['shop --db-password "x1"', 'the option --db-password'],
    ['-Dspring.datasource.password=x1', 'the option -Dspring.datasource.password'],
  ])('finds in %j %s', (text, kind) => {
    expect(credentialsIn(text)).toEqual([kind]);
  });

  it.each([
    ...['postgres://shop:$(PASSWORD)@db/shop', 'postgres://shop:$PASSWORD@db', 'http://shop:<password>@db', 'a@b:c/d'],
    ...['http://db:80/a@b', 'http://[::1]:80/', 'ssh://git@db', 'https://x/?password=', '-----BEGIN PUBLIC KEY-----'],
    ...['--password', '--password=', '--password=$(X)', '--password "$X"', '--password -x', '--password-file=/x/y'],
    ...['Bearer authentication', 'Authorization: Bearer $(TOKEN)', 'eyJhbGciOiJIUzI1NiJ9', 'bearer tokens of 24 hours'],
    ...['--no-password x', '--passwords=x', 'x--password=y', '--password=/etc/x/y'],
  ])('finds nothing in %j', (text) => {
    expect(credentialsIn(text)).toEqual([]);
  });

  it('never tells the credential', () => {
    const text = 'amqp://a:hunter2@b --password=hunter2 ;password=hunter2';
    expect(credentialsIn(text).join()).not.toContain('hunter2');
  });

  it.each(['-'.repeat(1e6), ' -a'.repeat(3e5), '://a:'.repeat(2e5), ';password='.repeat(1e5), ' '.repeat(1e6)])(
    'is done at once with a megabyte',
    (text) => {
      const start = performance.now();
      credentialsIn(text);
      secretLines(`a = ${text}`, NAMES, EXCEPT);
      secretLines(text.replaceAll(' ', ' " '), NAMES, EXCEPT);
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );
});

describe('credentialCommands', () => {
  const found = (container: Value): unknown => call('credentialCommands', [container]);

  it('gives the very lists that hold a credential', () => {
    const args = ['-pabc1', 'shop'];
    const command = ['mysqladmin', 'ping', '-pabc1'];
    const probe = { exec: { command } };
    expect(found({ command: ['mysqldump'], args, livenessProbe: probe })).toEqual([args, command]);
    expect((found({ command: ['mysqldump'], args }) as readonly unknown[])[0]).toBe(args);
    expect(found({ command: ['shop', '--password', 'abc1'] })).toEqual([['shop', '--password', 'abc1']]);
    expect(found({ lifecycle: { preStop: { exec: { command: ['sh', '-c', 'mysql -pabc1'] } } } })).toHaveLength(1);
  });

  it.each([
    { command: ['mysqld', '-pabc1'] },
    { command: ['mkdir', '-pv', '/var/lib/mysql'] },
    { command: ['sh', '-c', 'mysql -p"$PASSWORD"'] },
    { command: ['mysql'], args: ['-p', '-P3306'] },
    { args: ['--password', '--port'] },
    { args: 'x', lifecycle: null },
    {},
  ])('gives none of %j', (container) => {
    expect(found(container as Value)).toEqual([]);
  });
});

describe('secretLines', () => {
  it.each([
    ['db.password=x1', 'db.password'],
    ['  dbPassword: "x1" # for now', 'dbPassword'],
    ['export API_KEY=x1', 'API_KEY'],
    ["'client-secret' => 'x1',", 'client-secret'],
    ['{"user":"a","api-key":"x1"}', 'api-key'],
    ['password := x1', 'password'],
  ])('finds in %j the name %s', (line, name) => {
    expect(lines('# settings', line, 'port = 80')).toEqual([name]);
  });

  it.each([
    ...[
      '# password=x1',
      'password=',
      'password: |',
      'password: {',
      'password: ""',
      `password=\${PASSWORD}`,
      'token: true',
    ],
    ...['secretName: shop', 'token-file = x1', 'tokenPath: x1', 'password: The password of the shop', 'secret: &a'],
    ...['password = get_password()', 'token = environ["TOKEN"]', 'token_url: https://idp', 'if password == ""', 'x'],
  ])('finds nothing in %j', (line) => {
    expect(lines(line)).toEqual([]);
  });

  it('names each once', () => {
    expect(lines('password=x1', 'password=x2')).toEqual(['password']);
  });
});
