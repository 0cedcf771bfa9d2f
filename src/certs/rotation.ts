/** When to renew: a pure function of the certificates and of the time. Its steps: docs/decisions, certs/README.md. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Issued } from './issued.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An API server is told the authority by hand or by a controller: that must not be needed often. */
export const CA_LIFETIME_MS = 5 * 365 * DAY_MS;
/** A stolen serving key is of use until then; renewal costs nobody anything. */
export const LEAF_LIFETIME_MS = 90 * DAY_MS;

/**
 * In the order of a change of authorities: `announce` the next one beside that which signs; `adopt` it once clients have been
 * told of it; `drop` the old one once nothing that it signed can be served. `renew leaf` is the everyday step, `make` the
 * one without an overlap, where there is nothing that could go on being used.
 */
export type RotationStep = 'keep' | 'make' | 'renew leaf' | 'announce' | 'adopt' | 'drop';

export interface RotationFacts {
  /** DNS names and addresses that the serving certificate must cover. */
  readonly names: readonly string[];
  /** Milliseconds of the epoch, by the clock of those who verify. */
  readonly now: number;
  /** How long clients have been told of the whole bundle, in milliseconds; and how long is long enough. */
  readonly inPlaceMs: number;
  readonly overlapMs: number;
  /** What an operator asks for: a change of authorities in these steps, or all anew at once. */
  readonly rotate?: 'now' | 'at-once' | undefined;
}

/**
 * The next step. A leaf is renewed at two thirds of its life, when it lacks a name, or is not of the authority that signs; an
 * authority is followed by another before a new leaf would outlive it.
 */
export function nextStep(issued: Issued | undefined, facts: RotationFacts): RotationStep {
  const { now, rotate } = facts;
  if (issued === undefined || rotate === 'at-once') return 'make';
  const { ca, others, next, previous } = issued;
  const nextIsValid = next !== undefined && isValid(next, now);
  // What it signed is refused anyway: there is nothing to overlap with.
  if (!isValid(ca, now)) return nextIsValid ? 'adopt' : 'make';
  if (isLeafDue(issued, facts)) return 'renew leaf';
  if (nextIsValid) return facts.inPlaceMs >= facts.overlapMs ? 'adopt' : 'keep';
  if (rotate === 'now' || next !== undefined || now >= validTo(ca) - LEAF_LIFETIME_MS) return 'announce';
  const isOver = previous === undefined ? others.every((each) => now >= validTo(each)) : now >= validTo(previous);
  return others.length > 0 && isOver ? 'drop' : 'keep';
}

function isLeafDue({ ca, leaf }: Issued, { names, now }: RotationFacts): boolean {
  if (leaf === undefined || leaf.issuer !== ca.subject || !leaf.verify(ca.publicKey)) return true;
  if (now < validFrom(leaf) || now >= renewalTime(leaf)) return true;
  return !names.every((name) => covers(leaf, name));
}

/** Whether clients would take it at `now`. */
function isValid(certificate: X509Certificate, now: number): boolean {
  return now >= validFrom(certificate) && now < validTo(certificate);
}

function renewalTime(leaf: X509Certificate): number {
  return validFrom(leaf) + ((validTo(leaf) - validFrom(leaf)) * 2) / 3;
}

function covers(leaf: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined;
}

/** From when on it is valid, and until when, in milliseconds of the epoch. */
export function validFrom(certificate: X509Certificate): number {
  return certificate.validFromDate.getTime();
}

export function validTo(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}
