import type { Library } from '../function.ts';
import { BOOL, list, map, STRING } from '../type.ts';
import { CelError, MapValue, type Result } from '../value.ts';
import { readsFirst } from './cost.ts';
import { declare, foldable, global, member } from './declare.ts';
import { URL_TYPE } from './kubernetes-types.ts';
import { decode, fromBytes, UrlProblem } from './url-escape.ts';
import { isPort, parseUrl, requestProblem, type Url } from './url-parse.ts';

/** More parameters than this give an empty query, as in Go. */
const MOST_PARAMETERS = 10_000;

/**
 * `url(<string>) -> <URL>`: an absolute URI or an absolute path, parsed as Go's `net/url` does.
 * Errors: `URL parse error during conversion from string: parse "…": …`.
 */
function url(text: string): Result {
  const parsed = parseUrl(text);
  return typeof parsed === 'string' ? new CelError(`URL parse error during conversion from string: ${parsed}`) : parsed;
}

/** `isURL(<string>) -> <bool>`: whether Go's `ParseRequestURI` takes it. */
function isURL(text: string): Result {
  return requestProblem(text) === undefined;
}

/** `<URL>.getScheme() -> <string>`: in lower case; empty without one. */
function getScheme({ parts }: Url): Result {
  return parts.scheme;
}

/** `<URL>.getHost() -> <string>`: with the port, and IPv6 in brackets. */
function getHost({ parts }: Url): Result {
  return fromBytes(parts.host);
}

/** `<URL>.getHostname() -> <string>`: without the port, IPv6 without brackets. */
function getHostname({ parts }: Url): Result {
  const [name] = splitHost(parts.host);
  return fromBytes(name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name);
}

/** `<URL>.getPort() -> <string>`: empty without one. */
function getPort({ parts }: Url): Result {
  return splitHost(parts.host)[1];
}

function splitHost(host: string): readonly [string, string] {
  const colon = host.lastIndexOf(':');
  if (colon < 0 || !isPort(host.slice(colon))) return [host, ''];
  return [host.slice(0, colon), host.slice(colon + 1)];
}

/** `<URL>.getEscapedPath() -> <string>`: `/a b` is `/a%20b`; valid escapes stay as they were written. */
function getEscapedPath({ parts }: Url): Result {
  return fromBytes(parts.path);
}

/** `<URL>.getQuery() -> <map<string, list<string>>>`: unescaped; parameters that cannot be unescaped are left out. */
function getQuery({ parts }: Url): Result {
  const pairs = (parts.query ?? '').split('&');
  const values = new Map<string, string[]>();
  for (const pair of pairs.length > MOST_PARAMETERS ? [] : pairs) {
    const parameter = parseParameter(pair);
    if (parameter === undefined) continue;
    const known = values.get(parameter.key);
    if (known === undefined) values.set(parameter.key, [parameter.value]);
    else known.push(parameter.value);
  }
  return new MapValue(new Map([...values].map(([key, value]) => [key, { key, value }])));
}

function parseParameter(pair: string): { readonly key: string; readonly value: string } | undefined {
  if (pair === '' || pair.includes(';')) return undefined;
  const equals = pair.indexOf('=');
  const key = decode(equals < 0 ? pair : pair.slice(0, equals), 'query');
  const value = decode(equals < 0 ? '' : pair.slice(equals + 1), 'query');
  if (key instanceof UrlProblem || value instanceof UrlProblem) return undefined;
  return { key: fromBytes(key), value: fromBytes(value) };
}

/** Kubernetes' `url` library, in every version. The members cost 1. */
export const URL_LIBRARY: Library = {
  name: 'url',
  functions: [
    declare('url', [foldable(global('string_to_url', [STRING], URL_TYPE, url))], readsFirst),
    declare('isURL', [global('is_url_string', [STRING], BOOL, isURL)]),
    declare('getScheme', [member('url_get_scheme', [URL_TYPE], STRING, getScheme)]),
    declare('getHost', [member('url_get_host', [URL_TYPE], STRING, getHost)]),
    declare('getHostname', [member('url_get_hostname', [URL_TYPE], STRING, getHostname)]),
    declare('getPort', [member('url_get_port', [URL_TYPE], STRING, getPort)]),
    declare('getEscapedPath', [member('url_get_escaped_path', [URL_TYPE], STRING, getEscapedPath)]),
    declare('getQuery', [member('url_get_query', [URL_TYPE], map(STRING, list(STRING)), getQuery)]),
  ],
};
