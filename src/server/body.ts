/** A request's body as JSON, or the reason why it is refused; never more in memory than one review can need. */
import type { IncomingMessage } from 'node:http';
import { nestsDeeperThan } from './nesting.ts';

/**
 * An AdmissionReview holds an object twice at most (`object`, `oldObject`). etcd takes requests of 1.5 MiB, the API server
 * bodies of 3 MiB; JSON escapes and managed fields make it larger still: 2 x 3 MiB, and 1 MiB for the rest.
 */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;

/** Kubernetes objects nest some 20 levels deep, custom resources 100; the walks over them recurse. */
export const MAX_NESTING = 250;

// What is too large is still taken from the socket, so that its sender reads the answer and not a broken connection.
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 400 | 413 | 415; readonly reason: string; readonly message: string };

/** Reads the whole body. Rejects only where the connection breaks before its end. */
export async function readJson(request: IncomingMessage): Promise<Body> {
  const unsupported = unsupportedMedia(request);
  const bytes = await readBytes(request);
  if (unsupported !== undefined) return { ok: false, code: 415, reason: 'UnsupportedMediaType', message: unsupported };
  if (bytes === 'too large') {
    const message = `the body is larger than ${MAX_BODY_BYTES} bytes`;
    return { ok: false, code: 413, reason: 'RequestEntityTooLarge', message };
  }
  return parse(bytes);
}

function unsupportedMedia({ headers }: IncomingMessage): string | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return `content-encoding ${encoding} is not accepted: send it plain`;
  const type = headers['content-type'];
  if (type === 'application/json' || /^application\/json\s*(;|$)/i.test(type ?? '')) return undefined;
  return `content-type is ${type ?? 'missing'}: expected application/json`;
}

function parse(bytes: Buffer): Body {
  const invalid = (message: string): Body => ({ ok: false, code: 400, reason: 'BadRequest', message });
  if (bytes.length === 0) return invalid('the body is empty: expected an AdmissionReview');
  if (nestsDeeperThan(bytes, MAX_NESTING)) return invalid(`the body nests deeper than ${MAX_NESTING} levels`);
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    return invalid(`the body is not JSON: ${withoutContent(error)}`);
  }
}

/** V8 quotes the text around a mistake, which may be a Secret's: only the kind and the position are passed on. */
function withoutContent(error: unknown): string {
  const { message } = error as SyntaxError;
  const position = /at position \d+/.exec(message)?.[0];
  if (position !== undefined) return `unexpected text ${position}`;
  return /end of JSON/i.test(message) ? 'it ends too early' : 'unexpected text';
}

function readBytes(request: IncomingMessage): Promise<Buffer | 'too large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (size > MAX_DISCARDED_BYTES) request.destroy();
    });
    request.on('end', () => resolve(size > MAX_BODY_BYTES ? 'too large' : joined(chunks, size)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the connection ended within the body')));
  });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size);
}
