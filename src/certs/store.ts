/** Where certificates are kept: a directory of PEM files, in the layout of a Kubernetes TLS Secret. */
import { existsSync, watch } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** PEM texts. `ca` may hold several authorities; `caKey` is there for an authority of our own, the one that signs. */
export interface StoredCertificates {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly caKey?: string;
  /** Key of the authority in `ca` that is to sign next. */
  readonly nextCaKey?: string;
  /** The last serving certificate of the authority before: without its key. */
  readonly previousCert?: string;
  /** Where the store has one: changes with every write. */
  readonly version?: string;
  /** What an operator has asked for. */
  readonly rotate?: 'now' | 'at-once';
}

/** Made by ourselves. */
export type OwnCertificates = Omit<StoredCertificates, 'version' | 'rotate'> & {
  readonly ca: string;
  readonly caKey: string;
};

/** The certificates alone, without what a store notes beside them. */
export function ownCertificates({ version: _, rotate: __, ...certificates }: StoredCertificates): OwnCertificates {
  return { ca: '', caKey: '', ...certificates };
}

export interface CertificateStore {
  /** For messages: where the certificates are. */
  readonly location: string;
  /** True where only we write: what cannot be used is then replaced, and is nobody's loss. */
  readonly ours: boolean;
  /** What is there now, or undefined where no serving certificate is. Throws where it exists and cannot be read. */
  read(): Promise<StoredCertificates | undefined>;
  /** In the place of what was read before; false where another has written meanwhile, and nothing is changed. */
  write(certificates: OwnCertificates, over: StoredCertificates | undefined): Promise<boolean>;
  /** Calls `changed` some time after what is stored may have changed; the returned function ends that. */
  watch(changed: () => void): () => void;
}

/** Names of the files, or of the keys of a Secret. */
export const FILES = {
  cert: 'tls.crt',
  key: 'tls.key',
  ca: 'ca.crt',
  caKey: 'ca.key',
  nextCaKey: 'next-ca.key',
  previousCert: 'previous.crt',
} as const;
// A writer replaces several files: one look after the last of them.
const SETTLE_MS = 200;

/** A store in `directory`, which is made on the first write. Keys are readable by their owner only. */
export function directoryStore(directory: string): CertificateStore {
  return {
    location: directory,
    ours: false,
    read: () => readDirectory(directory),
    write: (certificates) => writeDirectory(directory, certificates),
    watch: (changed) => watchDirectory(directory, changed),
  };
}

async function readDirectory(directory: string): Promise<StoredCertificates | undefined> {
  const names = Object.entries(FILES);
  const texts = await Promise.all(names.map(([, file]) => readIfThere(join(directory, file))));
  const found = names.flatMap(([name], index) => (texts[index] === undefined ? [] : [[name, texts[index]]]));
  if (found.length === 0) return undefined;
  const { cert, key, ...others } = Object.fromEntries(found) as Partial<StoredCertificates>;
  // Half of a set is somebody's, and making our own would overwrite it.
  if (cert === undefined)
    throw new Error(`${FILES.cert} is missing beside the others; complete them, or empty the directory`);
  if (key === undefined) throw new Error(`${FILES.key} is missing beside ${FILES.cert}`);
  return { cert, key, ...others };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// In this order, whoever reads in between finds an authority for each certificate.
const ORDER = ['caKey', 'nextCaKey', 'ca', 'previousCert', 'key', 'cert'] as const;
const SECRET: ReadonlySet<string> = new Set(['caKey', 'nextCaKey', 'key']);

async function writeDirectory(directory: string, certificates: OwnCertificates): Promise<boolean> {
  await mkdir(directory, { recursive: true });
  for (const name of ORDER) {
    const file = join(directory, FILES[name]);
    const text = certificates[name];
    if (text === undefined) await rm(file, { force: true });
    else await replaceFile(file, text, SECRET.has(name) ? 0o600 : 0o644);
  }
  return true;
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
  const settle = (): void => {
    clearTimeout(settling);
    settling = setTimeout(changed, SETTLE_MS).unref();
  };
  // Without watching, because there is no such directory yet, say, the source still looks from time to time.
  const watcher = existsSync(directory) ? watch(directory, { persistent: false }, settle) : undefined;
  watcher?.on('error', () => watcher.close());
  return () => {
    clearTimeout(settling);
    watcher?.close();
  };
}
