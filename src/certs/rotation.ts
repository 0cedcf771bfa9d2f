/** When to renew: a pure function of the certificates, the names to serve, and the time. */

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** What rotation looks at: an authority of our own and the serving certificate it signed, both PEM. */
export interface Issued {
  readonly ca: string;
  readonly cert: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** An API server is told the authority by hand or by a controller: that must not be needed often. */
export const CA_LIFETIME_MS = 5 * 365 * DAY_MS;
/** A stolen serving key is of use until then; renewal costs nobody anything. */
export const LEAF_LIFETIME_MS = 90 * DAY_MS;

export type RotationStep = 'keep' | 'renew leaf' | 'new CA';

/**
 * The next step at `now` (milliseconds). A leaf is renewed at two thirds of its life, when it lacks a name, or when its
 * authority did not sign it; an authority is replaced before a new leaf would outlive it.
 */
export function nextStep(issued: Issued | undefined, names: readonly string[], now: number): RotationStep {
  if (issued === undefined) return 'new CA';
  const ca = new X509Certificate(issued.ca);
  const leaf = new X509Certificate(issued.cert);
  if (now < validFrom(ca) || now >= validTo(ca) - LEAF_LIFETIME_MS) return 'new CA';
  if (!leaf.verify(ca.publicKey) || leaf.issuer !== ca.subject) return 'renew leaf';
  if (now < validFrom(leaf) || now >= renewalTime(leaf)) return 'renew leaf';
  return names.every((name) => covers(leaf, name)) ? 'keep' : 'renew leaf';
}

function renewalTime(leaf: X509Certificate): number {
  return validFrom(leaf) + ((validTo(leaf) - validFrom(leaf)) * 2) / 3;
}

function covers(leaf: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined;
}

function validFrom(certificate: X509Certificate): number {
  return certificate.validFromDate.getTime();
}

function validTo(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}
