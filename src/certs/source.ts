/** The certificate to serve with, at any moment: given, or made and renewed by ourselves. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { nextStep } from './rotation.ts';
import type { CertificateStore, StoredCertificates } from './store.ts';

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

/** How a source tells what it could not do; it goes on with the last good certificate. */
export interface SourceEvents {
  problem(message: string): void;
}

export interface SourceOptions {
  /** DNS names and addresses that a certificate of our own must cover. */
  readonly names: readonly string[];
  readonly events: SourceEvents;
  /** Milliseconds since the epoch; tests bring their own. */
  readonly clock?: () => number;
}

export type OpenedSource =
  | { readonly ok: true; readonly source: CertificateSource; readonly made: boolean }
  | { readonly ok: false; readonly message: string };

const FIRST_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/;
// Renewal is due a month before the end: an hour is soon enough, and also finds what watching has missed.
const CHECK_MS = 60 * 60 * 1000;

/**
 * Opens the certificates of `store`. Where there are none, an authority and a serving certificate are made and kept
 * there (`made`). Ours, known by the authority's key beside them, are renewed in time; given ones are only read again.
 */
export async function openSource(store: CertificateStore, options: SourceOptions): Promise<OpenedSource> {
  try {
    const before = await store.read();
    const opened = await upToDate(store, before, options);
    return { ok: true, made: opened !== before, source: liveSource(store, checked(opened), options) };
  } catch (error) {
    return { ok: false, message: `certificates in ${store.location}: ${messageOf(error)}` };
  }
}

function liveSource(store: CertificateStore, opened: Certificates, options: SourceOptions): CertificateSource {
  let current = opened;
  const listeners: ((certificates: Certificates) => void)[] = [];
  const look = async (): Promise<void> => {
    try {
      const stored = await upToDate(store, await store.read(), options);
      if (stored.cert === current.cert && stored.key === current.key && stored.ca === current.ca) return;
      current = checked(stored);
      for (const listener of listeners) listener(current);
    } catch (error) {
      options.events.problem(`certificates in ${store.location} are not used: ${messageOf(error)}`);
    }
  };
  const unwatch = store.watch(() => void look());
  const timer = setInterval(() => void look(), CHECK_MS).unref();
  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    close: () => {
      unwatch();
      clearInterval(timer);
    },
  };
}

/** What is stored, with what is ours and due renewed and kept first. */
async function upToDate(
  store: CertificateStore,
  stored: StoredCertificates | undefined,
  { names, clock = Date.now }: SourceOptions,
): Promise<StoredCertificates> {
  if (stored !== undefined) parsed(stored);
  const ours = stored === undefined ? undefined : authorityOf(stored);
  if (stored !== undefined && ours === undefined) return stored;
  const step = nextStep(ours && stored && { ca: ours.cert, cert: stored.cert }, names, clock());
  if (step === 'keep' && stored !== undefined) return stored;
  // The issuer is loaded only now: a start with good certificates does not pay for it.
  const { issueAuthority, issueLeaf } = await import('./issue.ts');
  const authority = step === 'renew leaf' && ours !== undefined ? ours : await issueAuthority(clock());
  const leaf = await issueLeaf(authority, names, clock());
  const renewed = { ...leaf, ca: trustOf(authority.cert, stored?.ca), caKey: authority.key };
  await store.write(renewed);
  return renewed;
}

/** A new authority goes before the old one, which whoever reads the file now goes on trusting meanwhile. */
function trustOf(authority: string, before = ''): string {
  if (before.startsWith(authority)) return before;
  return (
    authority +
    (before
      .match(FIRST_CERTIFICATE)
      ?.map((cert) => `${cert}\n`)
      .join('') ?? '')
  );
}

/** The authority whose key is kept too: the sign that the certificates are our own. */
function authorityOf({ ca, caKey }: StoredCertificates): { readonly cert: string; readonly key: string } | undefined {
  const [cert] = ca?.match(FIRST_CERTIFICATE) ?? [];
  return cert === undefined || caKey === undefined ? undefined : { cert: `${cert}\n`, key: caKey };
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
