/** Which images a registry Secret opens, as kubelet finds its credentials. What a Secret holds never leaves this file. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, DYN, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { parseImage } from './image.ts';

/** `pullSecretCovers(secret, ref)`: see `pullSecretCovers`. */
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
];

/**
 * Whether a Secret has a login for the registry of an image. False for anything that is no registry Secret, cannot be
 * decoded or holds no login.
 */
export function pullSecretCovers(secret: Value, reference: string): boolean {
  const { name } = parseImage(reference);
  if (name === '') return false;
  return Object.entries(logins(asMap(secret))).some(([key, entry]) => hasLogin(asMap(entry)) && covers(key, name));
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

/** The JSON under a key: of `stringData`, which wins as it does in the API server, or of `data` in base64. */
function decoded(secret: JsonMap, key: string): Value {
  const plain = asMap(secret['stringData'])[key];
  const encoded = asMap(secret['data'])[key];
  const text = typeof plain === 'string' ? plain : Buffer.from(String(encoded ?? ''), 'base64').toString('utf8');
  try {
    return JSON.parse(text) as Value;
  } catch {
    return null;
  }
}

function hasLogin(entry: JsonMap): boolean {
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
