/** A command line without what only wraps it: which program runs, and which script a shell is given. */

export interface CommandLine {
  /** From the program on; empty where nothing runs. */
  readonly words: readonly string[];
  /** The program takes the place of the shell. */
  readonly exec: boolean;
  /** `timeout` ends it. */
  readonly bounded: boolean;
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** What runs a program and the options of it that take a value. */
const WRAPPERS: Readonly<Record<string, readonly string[] | undefined>> = {
  exec: ['-a'],
  env: ['-u', '-C', '-S'],
  timeout: ['-s', '-k', '-t'],
  nohup: [],
  command: [],
  builtin: [],
  setsid: [],
  time: [],
  busybox: [],
  nice: ['-n'],
  ionice: ['-c', '-n'],
  stdbuf: ['-i', '-o', '-e'],
  tini: ['-p', '-e'],
  'dumb-init': ['-r'],
  sudo: ['-u', '-g'],
  gosu: [],
  'su-exec': [],
};

/** Those after whose options stands a word that is not the program yet. */
const WITH_OPERAND: ReadonlySet<string> = new Set(['gosu', 'su-exec']);

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The program behind `exec`, `env`, `timeout`, `nohup` and others, however they are nested. */
export function unwrap(words: readonly string[]): CommandLine {
  let rest = words;
  let exec = false;
  let bounded = false;
  for (;;) {
    const name = baseName(rest[0] ?? '');
    if (!Object.hasOwn(WRAPPERS, name)) return { words: rest, exec: exec && rest.length > 0, bounded };
    exec ||= name === 'exec';
    bounded ||= name === 'timeout';
    rest = withoutWrapper(name, rest.slice(1));
  }
}

function withoutWrapper(name: string, words: readonly string[]): readonly string[] {
  const withValue = WRAPPERS[name] ?? [];
  let at = 0;
  while (at < words.length && /^-|^\w+=/.test(words[at] ?? '')) {
    at += withValue.includes(words[at] ?? '') ? 2 : 1;
  }
  // BusyBox once had `timeout -t SECONDS` in place of `timeout SECONDS`.
  const operand = WITH_OPERAND.has(name) || (name === 'timeout' && words[0] !== '-t');
  return words.slice(operand ? at + 1 : at);
}

/** What a shell is told to run; indices are those of the words. */
export type ShellCall = { readonly script: number } | { readonly file: number };

/** How the words call a shell, straight or through `env`; undefined where they do not, or only start it. */
export function shellCall(words: readonly string[]): ShellCall | undefined {
  const isEnv = ['env', 'busybox'].includes(baseName(words[0] ?? ''));
  const start = isEnv ? words.length - withoutWrapper(baseName(words[0] ?? ''), words.slice(1)).length : 0;
  if (!SHELLS.has(baseName(words[start] ?? ''))) return undefined;
  let at = start + 1;
  let isCommand = false;
  for (; /^[-+]./.test(words[at] ?? ''); at += 1) {
    isCommand ||= /^-[A-Za-z]*c[A-Za-z]*$/.test(words[at] ?? '');
    if (/^[-+][A-Za-z]*o$/.test(words[at] ?? '')) at += 1;
  }
  if (words[at] === undefined) return undefined;
  return isCommand ? { script: at } : { file: at };
}

const UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** How long `sleep` with these words lasts, in seconds, rounded up; 0 where that is not written out, or no sleep. */
export function sleepSeconds([program = '', ...words]: readonly string[]): number {
  if (baseName(program) !== 'sleep' || words.length === 0) return 0;
  if (words.some((word) => /^inf(?:inity)?$/.test(word))) return FOREVER;
  const parts = words.map((word) => /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(word));
  if (parts.includes(null)) return 0;
  const seconds = parts.map((part) => Number(part?.[1]) * (UNIT[part?.[2] || 's'] ?? 1));
  return Math.min(FOREVER, Math.ceil(seconds.reduce((sum, each) => sum + each, 0)));
}

/** What `sleep infinity` lasts: the largest 32-bit number. */
export const FOREVER = 2147483647;

/** Programs whose `-h` names a host; to others it is help, or sizes for people. */
const TAKES_HOST = /mysql|maria|psql|pg_|redis|valkey|keydb|mongo|ldap|clickhouse|cqlsh|influx|mqtt|mosquitto/;

/** Programs whose first operand is a host. */
const HOST_FIRST: ReadonlySet<string> = new Set(['nc', 'ncat', 'netcat', 'telnet', 'ping', 'nslookup']);

/**
 * The hosts that a command names: of URLs, after `-h` or `--host`, of `nc` and its like, of `curl host:port`. One that
 * only the container's environment tells (`$DB_HOST`) is left out.
 */
export function hostsOf(words: readonly string[]): readonly string[] {
  const name = baseName(words[0] ?? '');
  const operands = words.slice(1);
  const hosts = operands.flatMap((word, index) => {
    const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(word);
    if (url) return [url[1] ?? ''];
    if (/^--(?:host|hostname)=/.test(word)) return [word.slice(word.indexOf('=') + 1)];
    if (word === '--host' || (word === '-h' && TAKES_HOST.test(name))) return [operands[index + 1] ?? ''];
    if (/^-h./.test(word) && TAKES_HOST.test(name)) return [word.slice(2)];
    const bare = name === 'curl' || name === 'wget' ? /^([A-Za-z0-9.-]+)(?::\d+)(?:\/|$)/.exec(word) : null;
    return bare ? [bare[1] ?? ''] : [];
  });
  const first = HOST_FIRST.has(name) ? operands.find((word) => !/^-|^\d+$/.test(word)) : undefined;
  return [...hosts, ...(first === undefined ? [] : [first])].filter((host) => host !== '' && !/[$`]/.test(host));
}
