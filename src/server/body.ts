/** A request's body as JSON, or the reason why it is refused; never more in memory than one review can need. */
import type { IncomingMessage } from 'node:http';
import { nestsDeeperThan } from './nesting.ts';

/** The bounds of one body; their values and reasons are the configuration's. */
export interface BodyLimits {
  readonly bodyBytes: number;
  /** Levels of objects and lists. */
  readonly depth: number;
}

// What is too large is still taken from the socket, so that its sender reads the answer and not a broken connection.
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 400 | 413 | 415; readonly reason: string; readonly message: string };

/** Reads the whole body. Rejects only where the connection breaks before its end. */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const unsupported = unsupportedMedia(request);
  const bytes = await readBytes(request, limits.bodyBytes);
  if (unsupported !== undefined) return { ok: false, code: 415, reason: 'UnsupportedMediaType', message: unsupported };
  if (bytes === 'too large') {
    const message = `the body is larger than ${limits.bodyBytes} bytes`;
    return { ok: false, code: 413, reason: 'RequestEntityTooLarge', message };
  }
  return parse(bytes, limits.depth);
}

function unsupportedMedia({ headers }: IncomingMessage): string | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return `content-encoding ${encoding} is not accepted: send it plain`;
  const type = headers['content-type'];
  if (type === 'application/json' || /^application\/json\s*(;|$)/i.test(type ?? '')) return undefined;
  return `content-type is ${type ?? 'missing'}: expected application/json`;
}

function parse(bytes: Buffer, depth: number): Body {
  const invalid = (message: string): Body => ({ ok: false, code: 400, reason: 'BadRequest', message });
  if (bytes.length === 0) return invalid('the body is empty: expected an AdmissionReview');
  if (nestsDeeperThan(bytes, depth)) return invalid(`the body nests deeper than ${depth} levels`);
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

function readBytes(request: IncomingMessage, most: number): Promise<Buffer | 'too large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else chunks.length = 0;
      if (size > MAX_DISCARDED_BYTES) request.destroy();
    });
    request.on('end', () => resolve(size > most ? 'too large' : joined(chunks, size)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the connection ended within the body')));
  });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size);
}
