/** Which images a registry Secret opens, as kubelet finds its credentials. No login leaves this file. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, DYN, list, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { parseImage } from './image.ts';
import { secretText } from './secret.ts';

/** `pullSecretCovers(secret, ref)` and `pullSecretRegistries(secret)`: see the functions of these names. */
export const PULL_SECRET_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'pullSecretCovers',
    overloads: [
      {
        id: 'tidegate_pull_secret_covers_dyn_string',
        parameters: [DYN, STRING],
        result: BOOL,
        call: (secret, reference) => pullSecretCovers(secret ?? null, String(reference)),
      },
    ],
  },
  {
    name: 'pullSecretRegistries',
    overloads: [
      {
        id: 'tidegate_pull_secret_registries_dyn',
        parameters: [DYN],
        result: list(STRING),
        call: (secret) => pullSecretRegistries(secret ?? null),
      },
    ],
  },
];

/**
 * Whether a Secret has a login for the registry of an image. False for anything that is no registry Secret, cannot be
 * decoded or holds no login.
 */
export function pullSecretCovers(secret: Value, reference: string): boolean {
  const { name } = parseImage(reference);
  if (name === '') return false;
  return registriesOf(asMap(secret)).some(({ key, hasLogin }) => hasLogin && covers(key, name));
}

/** The registries that a registry Secret names, with a login or without one; none where it cannot be read. */
export function pullSecretRegistries(secret: Value): readonly string[] {
  // A login within the address is none that kubelet knows, but somebody's all the same.
  return registriesOf(asMap(secret)).map(({ key }) => key.replace(/^(https?:\/\/)?[^/]*@/, '$1'));
}

interface Registry {
  readonly key: string;
  readonly hasLogin: boolean;
}

// Each image of each Pod asks. The logins themselves are not kept.
const known = new WeakMap<JsonMap, readonly Registry[]>();

function registriesOf(secret: JsonMap): readonly Registry[] {
  const registries =
    known.get(secret) ??
    Object.entries(logins(secret)).map(([key, entry]) => ({ key, hasLogin: isLogin(asMap(entry)) }));
  known.set(secret, registries);
  return registries;
}

function logins(secret: JsonMap): JsonMap {
  switch (secret['type']) {
    case 'kubernetes.io/dockerconfigjson':
      return asMap(asMap(decoded(secret, '.dockerconfigjson'))['auths']);
    case 'kubernetes.io/dockercfg':
      return asMap(decoded(secret, '.dockercfg'));
    default:
      return {};
  }
}

/** The JSON under a key, null where there is none. */
function decoded(secret: JsonMap, key: string): Value {
  try {
    return JSON.parse(secretText(secret, key) ?? '') as Value;
  } catch {
    return null;
  }
}

function isLogin(entry: JsonMap): boolean {
  return isText(entry['auth']) || (isText(entry['username']) && isText(entry['password']));
}

/** `*.azurecr.io`, `https://index.docker.io/v1/`, `localhost:5000/team`: hosts by glob, ports alike, paths as a prefix. */
function covers(key: string, name: string): boolean {
  const [host = '', path = ''] = splitHost(key.replace(/^https?:\/\//, ''));
  const [wanted = '', wantedPath = ''] = splitHost(name);
  const prefix = path.replace(/^\/v[12](?=\/|$)/, '').replace(/\/$/, '');
  return (
    (hostMatches(host, wanted) || (wanted === 'docker.io' && host === 'index.docker.io')) &&
    wantedPath.startsWith(prefix)
  );
}

function splitHost(url: string): readonly [string, string] {
  const slash = url.indexOf('/');
  return slash < 0 ? [url, ''] : [url.slice(0, slash), url.slice(slash)];
}

function hostMatches(glob: string, host: string): boolean {
  const labels = glob.split('.');
  const given = host.split('.');
  return labels.length === given.length && labels.every((label, index) => label === '*' || label === given[index]);
}

function isText(value: Value | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
