import { Boxed, type Value } from '../value.ts';
import { parseAddress } from './ip-address.ts';
import { quote, quoteBytes } from './quote.ts';
import { decode, encode, fromBytes, isWellEscaped, toBytes, type UrlPart, UrlProblem } from './url-escape.ts';

interface UrlParts {
  readonly scheme: string;
  readonly opaque: string;
  /** The user information as it is written back, or undefined without one. */
  readonly user: string | undefined;
  readonly host: string;
  /** The escaped path. */
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string;
  /** True for `scheme:/path`, which has no authority at all. */
  readonly omitHost: boolean;
}

/** A URL as Go's `net/url` understands it. All parts are bytes, one to a UTF-16 unit. */
export class Url extends Boxed {
  readonly typeName = 'kubernetes.URL';
  readonly parts: UrlParts;

  constructor(parts: UrlParts) {
    super();
    this.parts = parts;
  }

  override equals(other: Value): boolean {
    return other instanceof Url && other.toString() === this.toString();
  }

  override comparable(other: Value): boolean {
    return other instanceof Url;
  }

  /** The URL written again, with Go's choice of escapes. */
  override toString(): string {
    const { scheme, opaque, query, fragment } = this.parts;
    const start = scheme === '' ? '' : `${scheme}:`;
    const middle = opaque === '' ? this.hierarchy(start) : opaque;
    const end = `${query === undefined ? '' : `?${query}`}${fragment === '' ? '' : `#${fragment}`}`;
    return fromBytes(`${start}${middle}${end}`);
  }

  private hierarchy(start: string): string {
    const { scheme, user, host, path, omitHost } = this.parts;
    const authority = (user === undefined ? '' : `${user}@`) + encode(host, 'host');
    const written = (scheme !== '' && !omitHost) || authority !== '';
    const slashes = written && (authority !== '' || path !== '') ? `//${authority}` : '';
    const separator = path !== '' && !path.startsWith('/') && host !== '' ? '/' : '';
    const dot = `${start}${slashes}` === '' && path.split('/', 1)[0]?.includes(':') ? './' : '';
    return `${slashes}${separator}${dot}${path}`;
  }
}

/**
 * Parses as `url.ParseRequestURI`, then `url.Parse`: an absolute URI or an absolute path. Returns the URL, or the
 * message of Go's error.
 */
export function parseUrl(text: string): Url | string {
  const bytes = toBytes(text);
  const requested = parse(bytes, true);
  if (requested instanceof UrlProblem) return `parse ${quote(text)}: ${requested.message}`;
  // With a scheme and without a fragment the second way to parse it is the first.
  return requested.scheme !== '' && !bytes.includes('#') ? new Url(requested) : parseReference(text, bytes);
}

/** Why a text is no URL that a request may carry (no fragment is told apart), or undefined. */
export function requestProblem(text: string): string | undefined {
  const parsed = parse(toBytes(text), true);
  return parsed instanceof UrlProblem ? `parse ${quote(text)}: ${parsed.message}` : undefined;
}

function parseReference(text: string, bytes: string): Url | string {
  const [main, raw] = cut(bytes, '#');
  const parsed = parse(main, false);
  if (parsed instanceof UrlProblem) return `parse ${quoteBytes(main)}: ${parsed.message}`;
  const fragment = normalized(raw ?? '', 'fragment');
  if (fragment instanceof UrlProblem) return `parse ${quote(text)}: ${fragment.message}`;
  return new Url({ ...parsed, fragment });
}

function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

const CONTROL = /[^\x20-\x7e\x80-\xff]/;

function parse(bytes: string, viaRequest: boolean): UrlParts | UrlProblem {
  if (CONTROL.test(bytes)) {
    return new UrlProblem('net/url: invalid control character in URL');
  }
  if (bytes === '' && viaRequest) return new UrlProblem('empty url');
  const parts = {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    path: '',
    query: undefined,
    fragment: '',
    omitHost: false,
  };
  if (bytes === '*') return { ...parts, path: '*' };
  if (bytes.startsWith(':')) return new UrlProblem('missing protocol scheme');
  const written = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(bytes)?.[1];
  const scheme = (written ?? '').toLowerCase();
  const [rest, query] = cutQuery(written === undefined ? bytes : bytes.slice(written.length + 1));
  const known = { ...parts, scheme, query };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...known, opaque: rest };
    const problem = relativeProblem(rest, viaRequest);
    if (problem !== undefined) return problem;
  }
  return parseHierarchy(known, rest, viaRequest);
}

function relativeProblem(rest: string, viaRequest: boolean): UrlProblem | undefined {
  if (viaRequest) return new UrlProblem('invalid URI for request');
  if (rest.split('/', 1)[0]?.includes(':')) return new UrlProblem('first path segment in URL cannot contain colon');
  return undefined;
}

/** The query is undefined without a `?`, and without anything behind it unless the `?` ends the URL. */
function cutQuery(bytes: string): readonly [string, string | undefined] {
  const [rest, query] = cut(bytes, '?');
  return [rest, query];
}

function parseHierarchy(parts: UrlParts, rest: string, viaRequest: boolean): UrlParts | UrlProblem {
  const { scheme } = parts;
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || (!viaRequest && !rest.startsWith('///')));
  const slash = hasAuthority ? rest.indexOf('/', 2) : 0;
  const end = slash < 0 ? rest.length : slash;
  const authority = hasAuthority ? parseAuthority(scheme, rest.slice(2, end)) : { user: undefined, host: '' };
  if (authority instanceof UrlProblem) return authority;
  const path = normalized(rest.slice(end), 'path');
  if (path instanceof UrlProblem) return path;
  return { ...parts, ...authority, path, omitHost: !hasAuthority && scheme !== '' && rest.startsWith('/') };
}

/** Escaped as it was written where that is valid, as Go would write it otherwise. */
function normalized(written: string, part: 'path' | 'fragment'): string | UrlProblem {
  const plain = decode(written, part);
  if (plain instanceof UrlProblem || isWellEscaped(written, part)) return plain instanceof UrlProblem ? plain : written;
  return part === 'path' && plain === '*' ? '*' : encode(plain, part);
}

function parseAuthority(scheme: string, authority: string): Pick<UrlParts, 'user' | 'host'> | UrlProblem {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (host instanceof UrlProblem) return host;
  if (at < 0) return { user: undefined, host };
  const user = parseUser(authority.slice(0, at));
  return user instanceof UrlProblem ? user : { user, host };
}

function parseUser(written: string): string | UrlProblem {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(written)) return new UrlProblem('net/url: invalid userinfo');
  const [name, password] = cut(written, ':');
  const plainName = decode(name, 'user');
  if (plainName instanceof UrlProblem || password === undefined) return rewritten(plainName, 'user');
  const plainPassword = rewritten(decode(password, 'user'), 'user');
  return plainPassword instanceof UrlProblem ? plainPassword : `${encode(plainName, 'user')}:${plainPassword}`;
}

function rewritten(plain: string | UrlProblem, part: UrlPart): string | UrlProblem {
  return plain instanceof UrlProblem ? plain : encode(plain, part);
}

function parseHost(scheme: string, host: string): string | UrlProblem {
  const open = host.lastIndexOf('[');
  if (open > 0) return new UrlProblem('invalid IP-literal');
  if (open === 0) return parseLiteral(host);
  const first = host.indexOf(':');
  // Other schemes may have several hosts, each with its port: only the last one is looked at.
  const port = scheme === 'http' || scheme === 'https' ? first : host.lastIndexOf(':');
  return (first < 0 ? undefined : portProblem(host.slice(port))) ?? decode(host, 'host');
}

function portProblem(colonPort: string): UrlProblem | undefined {
  return isPort(colonPort) ? undefined : new UrlProblem(`invalid port ${quoteBytes(colonPort)} after host`);
}

/** True for nothing, a colon, or a colon and digits. */
export function isPort(colonPort: string): boolean {
  return /^(?::[0-9]*)?$/.test(colonPort);
}

function parseLiteral(host: string): string | UrlProblem {
  const close = host.lastIndexOf(']');
  if (close < 0) return new UrlProblem("missing ']' in host");
  const colonPort = host.slice(close + 1);
  const problem = portProblem(colonPort);
  if (problem !== undefined) return problem;
  const name = decodeLiteral(host.slice(1, close));
  if (name instanceof UrlProblem) return name;
  const address = parseAddress(name);
  if (!address.ok) return new UrlProblem(`invalid host: ${address.message}`);
  return address.bytes.length === 4 ? new UrlProblem('invalid IP-literal') : `[${name}]${colonPort}`;
}

function decodeLiteral(name: string): string | UrlProblem {
  const zone = name.indexOf('%25');
  const plain = decode(zone < 0 ? name : name.slice(0, zone), 'host');
  if (plain instanceof UrlProblem || zone < 0) return plain;
  const plainZone = decode(name.slice(zone), 'zone');
  return plainZone instanceof UrlProblem ? plainZone : plain + plainZone;
}
