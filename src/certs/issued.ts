/** Stored certificates of our own, read: what signs, what is trusted, and what is to come. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { StoredCertificates } from './store.ts';

export interface Issued {
  /** The authority that signs: its key is there. */
  readonly ca: X509Certificate;
  /** The others that clients are told to trust, in their order; the next one is among them. */
  readonly others: readonly X509Certificate[];
  /** The authority that is to sign next: announced, its key kept, nothing signed by it. */
  readonly next: X509Certificate | undefined;
  /** Undefined where it is illegible, or its key is another's. */
  readonly leaf: X509Certificate | undefined;
  /** The last one that was served of the authority before: while it is valid, someone may serve it. */
  readonly previous: X509Certificate | undefined;
}

/** Undefined where nothing can be signed: no authority, no key of it, or one that belongs to another. */
export function issuedOf(stored: StoredCertificates | undefined): Issued | undefined {
  const bundle = certificatesIn(stored?.ca);
  const ca = ownerOf(stored?.caKey, bundle);
  if (stored === undefined || ca === undefined) return undefined;
  const others = bundle.filter((each) => each !== ca);
  return {
    ca,
    others,
    next: ownerOf(stored.nextCaKey, others),
    leaf: ownerOf(stored.key, certificatesIn(stored.cert).slice(0, 1)),
    previous: certificatesIn(stored.previousCert)[0],
  };
}

/** Every certificate of a text that is one, in order, each once. */
export function certificatesIn(pem = ''): readonly X509Certificate[] {
  const texts = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return [...new Set(texts)].flatMap((text) => parsed(() => new X509Certificate(text)) ?? []);
}

function ownerOf(key: string | undefined, among: readonly X509Certificate[]): X509Certificate | undefined {
  if (!key) return undefined;
  const known: KeyObject | undefined = parsed(() => createPrivateKey(key));
  return known && among.find((each) => each.checkPrivateKey(known));
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
