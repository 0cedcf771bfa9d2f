/** Image references, read as container runtimes read them. */
import type { Value } from '../../cel/value.ts';

/** All parts are strings, empty where the reference has none; nothing is invented (no `latest`) but the registry. */
export interface ImageReference {
  /** `docker.io` where the reference names none. */
  readonly registry: string;
  /** With `library/` in front for the official images of docker.io. */
  readonly repository: string;
  /** Registry and repository: `docker.io/library/nginx`. */
  readonly name: string;
  readonly tag: string;
  /** `sha256:…`; it wins over the tag. */
  readonly digest: string;
  /** The whole reference in full: `docker.io/library/nginx:latest`; the digest, else the tag, else `latest`. */
  readonly identifier: string;
}

const EMPTY: ImageReference = { registry: '', repository: '', name: '', tag: '', digest: '', identifier: '' };
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Many rules ask about the images of one object, and of the next with the same images. */
const read = new Map<string, ImageReference>();
const MOST_READ = 500;
const LONGEST_READ = 500;

/**
 * Reads any string; what is no tag or digest by its form (`nginx@latest`) is dropped. The first component is a registry
 * only if it holds a dot or a colon, or is `localhost`, as in Docker.
 */
export function parseImage(reference: string): ImageReference {
  const known = read.get(reference);
  if (known !== undefined) return known;
  const parsed = Object.freeze(parse(reference));
  if (read.size >= MOST_READ) read.clear();
  if (reference.length <= LONGEST_READ) read.set(reference, parsed);
  return parsed;
}

function parse(reference: string): ImageReference {
  const text = reference.trim();
  if (text === '') return EMPTY;
  const [named = '', written = ''] = splitOnce(text, text.indexOf('@'));
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const [path = '', tagged = ''] = splitOnce(named, colon);
  const { registry, repository } = splitRegistry(path);
  const name = `${registry}/${repository}`;
  const tag = TAG.test(tagged) ? tagged : '';
  const digest = DIGEST.test(written) ? written : '';
  const identifier = digest ? `${name}@${digest}` : `${name}:${tag || 'latest'}`;
  return { registry, repository, name, tag, digest, identifier };
}

function splitRegistry(path: string): { readonly registry: string; readonly repository: string } {
  const slash = path.indexOf('/');
  const first = slash < 0 ? '' : path.slice(0, slash);
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  const registry = isRegistry ? first : DOCKER_HUB;
  const repository = isRegistry ? path.slice(slash + 1) : path;
  // Docker's own alias of its registry.
  if (registry !== DOCKER_HUB && registry !== 'index.docker.io') return { registry, repository };
  return { registry: DOCKER_HUB, repository: repository.includes('/') ? repository : `library/${repository}` };
}

const DOCKER_HUB = 'docker.io';

function splitOnce(text: string, at: number): readonly [string, string] {
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Whether one of the patterns covers an image. A pattern is a registry or a registry with a path, and covers what lies
 * below it, as the keys of a Docker configuration do: `*.azurecr.io`, `localhost:5000`, `ghcr.io/acme/*-internal`. `*`
 * stands for any letters within one label of the host or one component of the path.
 */
export function imageMatches(reference: string, patterns: readonly Value[]): boolean {
  const { registry, repository, name } = parseImage(reference);
  if (name === '') return false;
  const path = repository.split('/');
  return preparedOf(patterns).some((pattern) => covers(pattern, registry, path));
}

/** A pattern, taken apart. */
interface Pattern {
  readonly host: string;
  /** Where the host holds a `*`. */
  readonly labels?: readonly string[];
  readonly path: readonly string[];
}

// Policies ask about each image with the same list of their parameters.
const prepared = new WeakMap<readonly Value[], readonly Pattern[]>();

function preparedOf(patterns: readonly Value[]): readonly Pattern[] {
  const known = prepared.get(patterns) ?? patterns.map((pattern) => patternOf(String(pattern)));
  prepared.set(patterns, known);
  return known;
}

function patternOf(pattern: string): Pattern {
  const [host = '', ...path] = pattern
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .split('/');
  return host.includes('*') ? { host, labels: host.split('.'), path } : { host, path };
}

function covers({ host, labels, path }: Pattern, registry: string, given: readonly string[]): boolean {
  if (labels === undefined ? host !== registry : !hostMatches(labels, registry)) return false;
  return path.length <= given.length && path.every((glob, index) => globMatches(glob, given[index] ?? ''));
}

function hostMatches(labels: readonly string[], host: string): boolean {
  const given = host.split('.');
  return labels.length === given.length && labels.every((glob, index) => globMatches(glob, given[index] ?? ''));
}

/** `*` is any run of letters, the rest stands for itself; linear, whatever the pattern. */
export function globMatches(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
