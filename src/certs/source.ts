/** The certificate to serve with, at any moment: given, or made and renewed by ourselves. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { issuedOf } from './issued.ts';
import type { CertificateStore, StoredCertificates } from './store.ts';
import { type Upkeep, upToDate } from './upkeep.ts';

/** PEM texts, key and certificate belonging together. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  /** What clients must trust, where it is known. */
  readonly ca?: string;
}

export interface CertificateSource {
  current(): Certificates;
  /** Calls `listener` with each new certificate after the first. */
  onChange(listener: (certificates: Certificates) => void): void;
  /** Ends watching and renewal. */
  close(): void;
}

/** A source that begins before its store holds anything. */
export interface WaitingSource extends CertificateSource {
  /** Resolves when `current` is what the store holds. */
  readonly ready: Promise<void>;
  /** Looks into the store now: whether we may write may have changed. Never rejects. */
  look(): Promise<void>;
}

export interface SourceOptions extends Upkeep {
  /** How often the store is looked at beside its own watch. */
  readonly checkMs?: number;
}

export type OpenedSource =
  | { readonly ok: true; readonly source: CertificateSource; readonly made: boolean }
  | { readonly ok: false; readonly message: string };

// Renewal is due a month before the end: an hour is soon enough, and also finds what watching has missed.
const CHECK_MS = 60 * 60 * 1000;

/**
 * Opens the certificates of `store`. Where there are none, an authority and a serving certificate are made and kept
 * there (`made`). Ours, known by the authority's key beside them, are renewed in time; given ones are only read again.
 */
export async function openSource(store: CertificateStore, options: SourceOptions): Promise<OpenedSource> {
  try {
    const before = await read(store);
    const opened = await upToDate(store, before, before, options);
    if (opened === undefined) return { ok: false, message: `certificates in ${store.location}: there are none` };
    return { ok: true, made: opened !== before, source: liveSource(store, opened, checked(opened), options) };
  } catch (error) {
    return { ok: false, message: `certificates in ${store.location}: ${messageOf(error)}` };
  }
}

/**
 * Serves with `provisional` until the store holds a certificate that can be used, be it ours or another's: who asks whether we
 * are alive need not wait for it.
 */
export function waitForSource(
  store: CertificateStore,
  provisional: Certificates,
  options: SourceOptions,
): WaitingSource {
  const source = liveSource(store, undefined, provisional, options);
  void source.look();
  return source;
}

function liveSource(
  store: CertificateStore,
  opened: StoredCertificates | undefined,
  first: Certificates,
  options: SourceOptions,
): WaitingSource {
  let current = first;
  let last = opened;
  const ready = Promise.withResolvers<void>();
  const listeners: ((certificates: Certificates) => void)[] = [];
  let reported: string | undefined;
  let closed = false;
  const upkeep = { ...options, mayWrite: () => !closed && (options.mayWrite?.() ?? true) };
  const once = async (): Promise<void> => {
    try {
      const stored = await upToDate(store, await read(store), last, upkeep);
      if (stored === undefined) return;
      const next = checked(stored);
      // Half of it may be lost while the rest still serves: what could be put back is not forgotten.
      if (!store.ours || issuedOf(stored) !== undefined) last = stored;
      ready.resolve();
      reported = undefined;
      if (stored.cert === current.cert && stored.key === current.key && stored.ca === current.ca) return;
      current = next;
      for (const listener of listeners) listener(current);
    } catch (error) {
      const message = `certificates in ${store.location}: ${messageOf(error)}; the last good one stays in use`;
      if (message !== reported) options.events.problem(message);
      reported = message;
    }
  };
  const look = inTurn(once);
  const unwatch = store.watch(() => void look());
  const timer = setInterval(() => void look(), options.checkMs ?? CHECK_MS).unref();
  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    ready: ready.promise,
    look,
    close: () => {
      closed = true;
      unwatch();
      clearInterval(timer);
    },
  };
}

/** One at a time: who asks meanwhile gets one more turn, which sees what has changed until then. */
function inTurn(once: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const start = (): Promise<void> => {
    following = undefined;
    running = once().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return start();
    following ??= running.then(start);
    return following;
  };
}

async function read(store: CertificateStore): Promise<StoredCertificates | undefined> {
  const stored = await store.read();
  if (stored !== undefined && !store.ours) parsed(stored);
  return stored;
}

/** Throws where key and certificate do not belong together: half of a change, or a mistake. */
function checked(stored: StoredCertificates): Certificates {
  const { certificate, privateKey } = parsed(stored);
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('tls.key is not the key of tls.crt');
  const { cert, key, ca } = stored;
  return ca === undefined ? { cert, key } : { cert, key, ca };
}

/** Throws where one is illegible, in words of ours: those of OpenSSL name no file. */
function parsed({ cert, key }: StoredCertificates): { certificate: X509Certificate; privateKey: KeyObject } {
  return {
    certificate: legible('tls.crt holds no certificate in PEM', () => new X509Certificate(cert)),
    privateKey: legible('tls.key holds no unencrypted private key in PEM', () => createPrivateKey(key)),
  };
}

function legible<T>(otherwise: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(otherwise);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
