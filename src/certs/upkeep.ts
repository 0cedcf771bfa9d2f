/** Keeps what a store holds up to date: one step of the rotation after the other, as far as they are due. */
import { type Issued, issuedOf } from './issued.ts';
import { renew } from './renew.ts';
import { nextStep, type RotationStep, validFrom } from './rotation.ts';
import { type CertificateStore, type OwnCertificates, ownCertificates, type StoredCertificates } from './store.ts';

/** How a source tells what it does and could not do; it goes on with the last good certificate. */
export interface SourceEvents {
  problem(message: string): void;
  /** A step was taken and stored; `restore` puts back what somebody has deleted or spoiled. */
  stepped?(step: Exclude<RotationStep, 'keep'> | 'restore'): void;
}

export interface Upkeep {
  /** DNS names and addresses that a certificate of our own must cover. */
  readonly names: readonly string[];
  readonly events: SourceEvents;
  /** Milliseconds since the epoch, by those who verify where they can be asked. */
  readonly clock?: () => number | Promise<number>;
  /** Whether we are the one that writes, at this moment. */
  readonly mayWrite?: () => boolean;
  /** How long clients have been told of a bundle; without it, since the next authority was made. */
  readonly inPlaceMs?: (bundle: string) => number;
  readonly overlapMs?: number;
}

/** Of a folder: whoever copies ca.crt by hand has a month of the three in which both are good. */
const OVERLAP_MS = 30 * 24 * 60 * 60 * 1000;
/** make, announce, adopt, renew, drop: more than that in a row is a mistake. */
const MOST_STEPS = 6;

/**
 * What the store holds once nothing is due: `stored` itself, or what was written in its place. `last` is what we knew
 * before: it is put back where the store is only ours and has lost it. Undefined where there is nothing, and others write.
 */
export async function upToDate(
  store: CertificateStore,
  stored: StoredCertificates | undefined,
  last: StoredCertificates | undefined,
  upkeep: Upkeep,
): Promise<StoredCertificates | undefined> {
  const { mayWrite = () => true, clock = Date.now, events } = upkeep;
  let current = stored;
  for (let steps = 0; steps < MOST_STEPS && mayWrite(); steps += 1) {
    // Given by somebody: ours to read only.
    if (current !== undefined && !store.ours && current.caKey === undefined) return current;
    const due = await nextOf(store, current, last, upkeep, await clock());
    if (due === undefined) return current;
    if (await store.write(due.certificates, current)) events.stepped?.(due.step);
    current = await store.read();
  }
  return current;
}

interface Due {
  readonly step: Exclude<RotationStep, 'keep'> | 'restore';
  readonly certificates: OwnCertificates;
}

async function nextOf(
  store: CertificateStore,
  stored: StoredCertificates | undefined,
  last: StoredCertificates | undefined,
  upkeep: Upkeep,
  now: number,
): Promise<Due | undefined> {
  const { names } = upkeep;
  const found = issuedOf(stored);
  const known = found === undefined && store.ours ? issuedOf(last) : undefined;
  // What we still serve goes back first. Who deleted it wants another one: that follows, with an overlap.
  if (known !== undefined && last !== undefined && stored?.rotate !== 'at-once') {
    const restored = stored === undefined ? { ...last, rotate: 'now' as const } : last;
    const facts = { ...factsOf(upkeep, restored, known, now), inPlaceMs: 0 };
    const step = nextStep(known, facts);
    if (step === 'keep') return { step: 'restore', certificates: ownCertificates(last) };
    const renewal = { stored: last, issued: known, names, now, trustBefore: true };
    return { step, certificates: await renew(step, renewal) };
  }
  const step = nextStep(found, factsOf(upkeep, stored, found, now));
  if (step === 'keep') return undefined;
  const trustBefore = stored?.rotate !== 'at-once';
  return { step, certificates: await renew(step, { stored, issued: found, names, now, trustBefore }) };
}

function factsOf(upkeep: Upkeep, stored: StoredCertificates | undefined, issued: Issued | undefined, now: number) {
  const { names, overlapMs = OVERLAP_MS, inPlaceMs } = upkeep;
  const announced = issued?.next === undefined ? now : validFrom(issued.next);
  const inPlace = inPlaceMs?.(stored?.ca ?? '') ?? now - announced;
  return { names, now, overlapMs, inPlaceMs: inPlace, rotate: stored?.rotate };
}
