/** Passwords and keys that stand in plain text. What they are never leaves this file: only where they stand, and their kind. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { computedRegex, type Regex } from '../../cel/regex.ts';
import { BOOL, DYN, list, STRING } from '../../cel/type.ts';
import { CelError, type JsonMap, type Value } from '../../cel/value.ts';
import { asMap, entriesOf, isNamed } from './env.ts';
import { shell } from './shell.ts';

const lengthOf = (text: Value | undefined): number => Math.ceil(String(text).length / 10) + 1;

/** `isLiteral`, `namesAspect`, `credentialsIn`, `credentialEnv`, `credentialCommands`, `secretLines`: see the functions of these names. */
export const CREDENTIAL_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'isLiteral',
    overloads: [
      { id: 'tidegate_is_literal_string', parameters: [STRING], result: BOOL, call: (text) => isLiteral(String(text)) },
    ],
  },
  {
    name: 'namesAspect',
    overloads: [
      {
        id: 'tidegate_names_aspect_string',
        parameters: [STRING],
        result: BOOL,
        call: (name) => namesAspect(String(name)),
      },
    ],
  },
  {
    name: 'credentialsIn',
    overloads: [
      {
        id: 'tidegate_credentials_in_string',
        parameters: [STRING],
        result: list(STRING),
        call: (text) => credentialsIn(String(text)),
        cost: ([text]) => lengthOf(text),
      },
      {
        id: 'tidegate_credentials_in_list',
        parameters: [list(STRING)],
        result: list(STRING),
        call: (words) => credentialsOf(asWords(words)),
        cost: ([words]) => lengthOf(asWords(words).join('')),
      },
    ],
  },
  {
    name: 'credentialEnv',
    overloads: [
      {
        id: 'tidegate_credential_env_list',
        parameters: [list(DYN)],
        result: list(DYN),
        call: (containers) => credentialEnv(containers as readonly Value[]),
        cost: ([containers]) => entriesOf(containers as readonly Value[]).length + 1,
      },
    ],
  },
  {
    name: 'credentialCommands',
    overloads: [
      {
        id: 'tidegate_credential_commands_list',
        parameters: [list(DYN)],
        result: list(list(STRING)),
        call: (containers) =>
          (containers as readonly Value[]).flatMap((container) => credentialCommands(asMap(container))),
        cost: ([containers]) => 10 * (containers as readonly Value[]).length + 1,
      },
    ],
  },
  {
    name: 'secretLines',
    overloads: [
      {
        id: 'tidegate_secret_lines_string_string_string',
        parameters: [STRING, STRING, STRING],
        result: list(STRING),
        call: (text, names, except) => {
          const [named, excepted] = [computedRegex(String(names)), computedRegex(String(except))];
          if (named instanceof CelError) return named;
          if (excepted instanceof CelError) return excepted;
          return secretLines(String(text), named, excepted);
        },
        cost: ([text]) => lengthOf(text),
      },
    ],
  },
];

// What says something about a secret, or stands for one, and is none.
const NO_SECRETS: readonly RegExp[] = [
  /^[\s*]*$/,
  /\$\(|\$\{|\{\{|^%\(|^\$[A-Z_][A-Z0-9_]*$|^<[^<>]*>$/,
  /^(true|false|yes|no|on|off|null|nil|none|~|enabled|disabled|required|optional)$/i,
  /^(string|integer|number|boolean|object|array|text)$/,
  /^(~|\.{0,2})\/[\w./-]*$/,
  /^[a-z][a-z0-9+.-]*:\/\//i,
];

/** Whether a value is written out: no reference to a variable, no placeholder, no switch, file or address. */
export function isLiteral(value: string): boolean {
  const text = value.trim();
  return !NO_SECRETS.some((pattern) => pattern.test(text));
}

const ASPECT = new RegExp(
  `_(${[
    ...[
      'expir[a-z]*',
      'lifetime',
      'duration',
      'interval',
      'timeout',
      'age',
      'ms',
      'seconds',
      'minutes',
      'hours',
      'days',
    ],
    ...[
      'length',
      'len',
      'size',
      'min',
      'max',
      'limit',
      'count',
      'enabled',
      'disabled',
      'required',
      'type',
      'kind',
      'mode',
    ],
    ...[
      'manager',
      'provider',
      'backend',
      'engine',
      'issuer',
      'audience',
      'algorithm',
      'policy',
      'format',
      'header',
      'prefix',
    ],
    ...['version', 'url', 'uri', 'endpoint', 'host', 'port', 'namespace', 'region', 'parallelism'],
  ].join('|')})$|^(max|min|num)_|tokeni[sz]`,
  'i',
);

/** Whether a name tells something about a secret, and so does not stand for one: TOKEN_EXPIRATION, maxTokens, tokenizer. */
export function namesAspect(name: string): boolean {
  return ASPECT.test(inSnakeCase(name));
}

/** `apiKey`, `api-key` and `api.key` as `api_Key`, `api_key`. */
function inSnakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[.-]/g, '_');
}

/** What in a text is a credential by its form, in words for people, each once. */
export function credentialsIn(text: string): readonly string[] {
  // Nearly every text is done here.
  if (text.length < 8 || !/[:@=.-]|bearer /i.test(text)) return [];
  const found: string[] = [];
  if (/-{3,5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-{3,5}/.test(text)) found.push('a private key');
  if (holdsLiteral(text, URL_PASSWORD)) found.push('a URL with a password');
  if (holdsLiteral(text, CONNECTION_PASSWORD)) found.push('a connection string with a password');
  if (BEARER.test(text) || JWT.test(text)) found.push('a bearer token');
  for (const [, option = '', value = ''] of text.matchAll(OPTION)) {
    if (isPassword(option, value)) found.push(`the option ${option}`);
  }
  return [...new Set(found)];
}

// Behind `//`, so that no text is read from each of its characters on.
const URL_PASSWORD = /:\/\/[^\s/:@"'<>]{0,200}:([^\s/@"'<>]{1,200})@/g;
const CONNECTION_PASSWORD = /[?&;] ?(?:password|passwd|pwd|accountkey|sharedaccesskey)=([^&;\s"'<>]{1,200})/gi;
// With a digit: words follow `bearer` in prose.
const BEARER = /\bbearer[ \t]+(?=[\w.~+/-]{0,100}\d)[\w.~+/-]{12}/i;
const JWT = /\beyJ[\w-]{8,200}\.eyJ[\w-]{8,2000}\./;
const OPTION =
  /(?<![^\s"'`(=])(--?[\w.-]{0,100}(?:password|passwd|passphrase|requirepass))(?:=|[ \t]+)["']?([^\s"'`;|&)]{1,200})/gi;

function holdsLiteral(text: string, pattern: RegExp): boolean {
  return Array.from(text.matchAll(pattern)).some(([, value = '']) => isLiteral(value) && !value.startsWith('$'));
}

function isPassword(option: string, value: string): boolean {
  return !/^[-$<{%]/.test(value) && isLiteral(value) && !/\bno-passw/.test(option);
}

/** The same of a command line, whose options may have their values in words of their own. */
function credentialsOf(words: readonly string[]): readonly string[] {
  const found = words.flatMap((word, index) => {
    const [, option = ''] = /^(--?[\w.-]{0,100}(?:password|passwd|passphrase|requirepass))$/i.exec(word) ?? [];
    return option !== '' && isPassword(option, words[index + 1] ?? '') ? [`the option ${option}`] : credentialsIn(word);
  });
  return [...new Set([...found, ...databasePasswords(words)])];
}

/** `mysql -psecret`, in a script too. */
function databasePasswords(words: readonly string[]): readonly string[] {
  if (!words.some((word) => /mysql|mariadb/.test(word))) return [];
  return shell(words)
    .commands.filter(({ name }) => /^(mysql|mariadb)(?!d(_|$))[a-z-]*$/.test(name))
    .filter((command) => command.words.some((word) => /^-p[^$]/.test(word) && isLiteral(word.slice(2))))
    .map(({ name }) => `the option -p of ${name}`);
}

/** The entries of `env` whose value is or holds a credential by its form. */
function credentialEnv(containers: readonly Value[]): readonly JsonMap[] {
  return entriesOf(containers).filter(({ value }) => typeof value === 'string' && credentialsIn(value).length > 0);
}

/** The command lines of a container, its probes and hooks that hold a credential; `args` where a container has them. */
function credentialCommands(container: JsonMap): Value[] {
  const { command, args, lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const found: Value[] = [];
  if (command !== undefined || args !== undefined) {
    const words = [...asWords(command), ...asWords(args)];
    if (credentialsOf(words).length > 0) found.push(args ?? command ?? null);
  }
  const { postStart, preStop } = asMap(lifecycle);
  for (const handler of [livenessProbe, readinessProbe, startupProbe, postStart, preStop]) {
    const words = asMap(asMap(handler)['exec'])['command'];
    if (words !== undefined && credentialsOf(asWords(words)).length > 0) found.push(words);
  }
  return found;
}

const LINE = /^[ \t]*(?:- +)?(?:export +|set +)?["']?([A-Za-z_][\w.-]{0,99})["']?[ \t]*(?:=>|:=|[=:])[ \t]*(.{0,1000})/;
const JSON_PAIR = /"([A-Za-z_][\w.-]{0,99})"[ \t]*:[ \t]*"((?:[^"\\\n]|\\.){0,1000})"/g;

/**
 * The names in a text's lines `name=value`, `name: value`, and in its JSON, that have a match and whose value is written
 * out; each once. A name that matches `except` is none, `tokenFile` and `token-file` as little as `token_file`.
 */
export function secretLines(text: string, names: Regex, except: Regex): readonly string[] {
  const found = new Set<string>();
  const add = (name: string, value: string): void => {
    if (found.has(name) || !isSecretValue(value)) return;
    const plain = inSnakeCase(name);
    if (isNamed(plain, names) && !isNamed(plain, except) && !ASPECT.test(plain)) found.add(name);
  };
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = LINE.exec(line) ?? [];
    if (name !== undefined) add(name, value);
    else for (const [, key = '', given = ''] of line.matchAll(JSON_PAIR)) add(key, given);
  }
  return [...found];
}

/** Prose, code and the beginning of a block are no secrets. */
function isSecretValue(written: string): boolean {
  const [, quoted] = /^(["'].*["'])[,;]?(?:\s+#.*)?$/.exec(written) ?? [];
  const value = quoted?.slice(1, -1) ?? written.replace(/\s+[#;].*$/, '').replace(/[,;]\s*$/, '');
  return isLiteral(value) && !/^[|>[{&*!]|\s\S+\s|^[\w.]+[([].*[)\]]$/.test(value.trim());
}

function asWords(words: Value | undefined): readonly string[] {
  return Array.isArray(words) ? words.filter((word): word is string => typeof word === 'string') : [];
}
