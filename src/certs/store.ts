/** Where certificates are kept: a directory of PEM files, in the layout of a Kubernetes TLS Secret. */
import { watch } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** PEM texts. `ca` may hold several authorities, the one that signs first; `caKey` is there for an authority of our own. */
export interface StoredCertificates {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly caKey?: string;
}

export interface CertificateStore {
  /** For messages: where the certificates are. */
  readonly location: string;
  /** What is there now, or undefined where no serving certificate is. Throws where it exists and cannot be read. */
  read(): Promise<StoredCertificates | undefined>;
  write(certificates: Required<StoredCertificates>): Promise<void>;
  /** Calls `changed` some time after what is stored may have changed; the returned function ends that. */
  watch(changed: () => void): () => void;
}

const FILES = { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt', caKey: 'ca.key' };
// A writer replaces several files: one look after the last of them.
const SETTLE_MS = 200;

/** A store in `directory`, which is made on the first write. Keys are readable by their owner only. */
export function directoryStore(directory: string): CertificateStore {
  return {
    location: directory,
    read: () => readDirectory(directory),
    write: (certificates) => writeDirectory(directory, certificates),
    watch: (changed) => watchDirectory(directory, changed),
  };
}

async function readDirectory(directory: string): Promise<StoredCertificates | undefined> {
  const [cert, key, ca, caKey] = await Promise.all([
    readIfThere(join(directory, FILES.cert)),
    readIfThere(join(directory, FILES.key)),
    readIfThere(join(directory, FILES.ca)),
    readIfThere(join(directory, FILES.caKey)),
  ]);
  if (cert === undefined && key === undefined && ca === undefined && caKey === undefined) return undefined;
  // Half of a set is somebody's, and making our own would overwrite it.
  if (cert === undefined)
    throw new Error(`${FILES.cert} is missing beside the others; complete them, or empty the directory`);
  if (key === undefined) throw new Error(`${FILES.key} is missing beside ${FILES.cert}`);
  return { cert, key, ...(ca !== undefined && { ca }), ...(caKey !== undefined && { caKey }) };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeDirectory(directory: string, certificates: Required<StoredCertificates>): Promise<void> {
  await mkdir(directory, { recursive: true });
  await replaceFile(join(directory, FILES.caKey), certificates.caKey, 0o600);
  await replaceFile(join(directory, FILES.ca), certificates.ca, 0o644);
  await replaceFile(join(directory, FILES.key), certificates.key, 0o600);
  await replaceFile(join(directory, FILES.cert), certificates.cert, 0o644);
}

// By rename: a reader sees the old file or the new one, and a mode is never wider than it will be.
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const next = `${file}.${process.pid}.new`;
  await writeFile(next, text, { mode });
  await rename(next, file);
}

// The directory and not the files: a mounted Secret is swapped by renaming a symbolic link beside them.
function watchDirectory(directory: string, changed: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const watcher = watch(directory, { persistent: false }, () => {
    clearTimeout(settling);
    settling = setTimeout(changed, SETTLE_MS).unref();
  });
  // Without watching, the source still looks from time to time.
  watcher.on('error', () => watcher.close());
  return () => {
    clearTimeout(settling);
    watcher.close();
  };
}
