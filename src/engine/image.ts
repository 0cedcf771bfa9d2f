/** Image references, read as container runtimes read them. */

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

/**
 * Reads any string; what is no tag or digest by its form (`nginx@latest`) is dropped. The first component is a registry
 * only if it holds a dot or a colon, or is `localhost`, as in Docker.
 */
export function parseImage(reference: string): ImageReference {
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
export function imageMatches(reference: string, patterns: readonly string[]): boolean {
  const { name } = parseImage(reference);
  return name !== '' && patterns.some((pattern) => covers(pattern, name));
}

function covers(pattern: string, name: string): boolean {
  const wanted = pattern
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .split('/');
  const given = name.split('/');
  if (wanted.length > given.length) return false;
  const [host = '', ...path] = wanted;
  const [givenHost = '', ...givenPath] = given;
  return hostMatches(host, givenHost) && path.every((glob, index) => globMatches(glob, givenPath[index] ?? ''));
}

function hostMatches(pattern: string, host: string): boolean {
  const labels = pattern.split('.');
  const given = host.split('.');
  return labels.length === given.length && labels.every((glob, index) => globMatches(glob, given[index] ?? ''));
}

/** `*` is any run of letters, the rest stands for itself; linear, whatever the pattern. */
function globMatches(glob: string, text: string): boolean {
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
