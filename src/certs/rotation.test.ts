import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueAuthority, issueLeaf, type KeyPair } from './issue.ts';
import { issuedOf } from './issued.ts';
import { renew } from './renew.ts';
import { CA_LIFETIME_MS, LEAF_LIFETIME_MS, nextStep, type RotationFacts } from './rotation.ts';
import type { StoredCertificates } from './store.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NAMES = ['localhost', '127.0.0.1'];
const MINUTE = 60_000;
const OVERLAP = 10 * MINUTE;
const FACTS: RotationFacts = { names: NAMES, now: NOW, inPlaceMs: 0, overlapMs: OVERLAP };

async function made(now = NOW): Promise<StoredCertificates & { readonly authority: KeyPair }> {
  const authority = await issueAuthority(now);
  const leaf = await issueLeaf(authority, NAMES, now);
  return { ...leaf, ca: authority.cert, caKey: authority.key, authority };
}

const stepOf = (stored: StoredCertificates | undefined, facts: Partial<RotationFacts> = {}) =>
  nextStep(issuedOf(stored), { ...FACTS, ...facts });

describe('nextStep', async () => {
  const stored = await made();
  // The life of a leaf begins some minutes before it is made.
  const renewal = NOW + (LEAF_LIFETIME_MS * 2) / 3;

  it.each([
    ['just made', {}, 'keep'],
    ['short of two thirds of its life', { now: renewal - 10 * MINUTE }, 'keep'],
    ['past two thirds of its life', { now: renewal + MINUTE }, 'renew leaf'],
    ['long expired, the authority still good', { now: NOW + 2 * LEAF_LIFETIME_MS }, 'renew leaf'],
    ['a clock far behind', { now: NOW - 24 * 60 * MINUTE }, 'make'],
    ['a clock far ahead', { now: NOW + 2 * CA_LIFETIME_MS }, 'make'],
    ['a new name to serve', { names: [...NAMES, 'tidegate.shop.svc'] }, 'renew leaf'],
    ['an operator who asks for a rotation', { rotate: 'now' }, 'announce'],
    ['an operator who asks for all anew', { rotate: 'at-once' }, 'make'],
  ] as const)('%s', (_case, facts, step) => {
    expect(stepOf(stored, facts)).toBe(step);
  });

  it('announces the next authority before a new leaf would outlive the old one', async () => {
    const late = NOW + CA_LIFETIME_MS - LEAF_LIFETIME_MS;
    const leaf = await issueLeaf(stored.authority, NAMES, late);
    expect(stepOf({ ...stored, ...leaf }, { now: late })).toBe('announce');
    expect(stepOf({ ...stored, ...leaf }, { now: late - MINUTE })).toBe('keep');
  });

  it.each([
    ['nothing', async () => undefined],
    ['an authority without its key', async () => ({ ...stored, caKey: '' })],
    ['the key of another authority', async () => ({ ...stored, caKey: (await issueAuthority(NOW)).key })],
    ['noise for the authority', async () => ({ ...stored, ca: 'noise' })],
    ['noise for its key', async () => ({ ...stored, caKey: 'noise' })],
  ])('makes all anew for %s', async (_case, given) => {
    expect(stepOf(await given())).toBe('make');
  });

  it.each([
    ['of another authority', async () => issueLeaf(await issueAuthority(NOW), NAMES, NOW)],
    [
      'with the key of another',
      async () => ({ cert: stored.cert, key: (await issueLeaf(stored.authority, NAMES, NOW)).key }),
    ],
    ['that is noise', async () => ({ cert: 'noise', key: stored.key })],
    ['with noise for a key', async () => ({ cert: stored.cert, key: 'noise' })],
    ['that is missing', async () => ({ cert: '', key: '' })],
  ])('renews a leaf %s', async (_case, leaf) => {
    expect(stepOf({ ...stored, ...(await leaf()) })).toBe('renew leaf');
  });
});

/** Steps until nothing is due, as a running server takes them: what is stored is all that it knows. */
async function settle(stored: StoredCertificates | undefined, facts: Partial<RotationFacts>) {
  const steps: string[] = [];
  let current = stored;
  const all = { ...FACTS, ...facts };
  for (let step = stepOf(current, all); step !== 'keep'; step = stepOf(current, { ...all, rotate: undefined })) {
    steps.push(step);
    const renewal = { stored: current, issued: issuedOf(current), names: NAMES, now: all.now };
    current = await renew(step, { ...renewal, trustBefore: all.rotate !== 'at-once' });
    if (steps.length > 6) throw new Error(`does not settle: ${steps.join()}`);
  }
  return { stored: current, steps };
}

/** What a client that was told of a bundle at some time makes of a certificate. */
function trusts(bundle: string | undefined, cert: string | undefined, now: number): boolean {
  const leaf = new X509Certificate(cert ?? '');
  const inTime = (each: X509Certificate): boolean =>
    each.validFromDate.getTime() <= now && now < each.validToDate.getTime();
  const authorities = (bundle ?? '').match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g) ?? [];
  return (
    inTime(leaf) &&
    authorities.map((text) => new X509Certificate(text)).some((ca) => inTime(ca) && leaf.verify(ca.publicKey))
  );
}

const count = (bundle: string | undefined): number => bundle?.match(/BEGIN CERTIFICATE/g)?.length ?? 0;

describe('a change of authorities', async () => {
  const first = await made();
  const announced = await settle(first, { rotate: 'now' });
  const early = await settle(announced.stored, { inPlaceMs: OVERLAP - 1 });
  const adopted = await settle(announced.stored, { inPlaceMs: OVERLAP, now: NOW + OVERLAP });
  const kept = await settle(adopted.stored, { now: NOW + LEAF_LIFETIME_MS - MINUTE });
  const dropped = await settle(kept.stored, { now: NOW + LEAF_LIFETIME_MS + MINUTE });

  it('goes step by step, none before it is due', () => {
    expect(announced.steps).toEqual(['announce']);
    expect(early.steps).toEqual([]);
    expect(adopted.steps).toEqual(['adopt']);
    expect(kept.steps).toEqual(['renew leaf']);
    expect(dropped.steps).toEqual(['drop']);
    expect(
      [first, announced.stored, adopted.stored, kept.stored, dropped.stored].map((each) => count(each?.ca)),
    ).toEqual([1, 2, 2, 2, 1]);
  });

  it('leaves nobody behind who knows the bundle of the step before, or is served the certificate of it', () => {
    const states = [first, announced.stored, adopted.stored];
    for (const [index, state] of states.entries()) {
      const before = states[index - 1] ?? state;
      expect(trusts(before?.ca, state?.cert, NOW + OVERLAP)).toBe(true);
      expect(trusts(state?.ca, before?.cert, NOW + OVERLAP)).toBe(true);
    }
    const dropTime = NOW + LEAF_LIFETIME_MS + MINUTE;
    expect(trusts(dropped.stored?.ca, kept.stored?.cert, dropTime)).toBe(true);
    expect(trusts(kept.stored?.ca, dropped.stored?.cert, dropTime)).toBe(true);
  });

  it('keeps the key of the next authority until it signs, and of the old leaf only what is public', () => {
    expect(announced.stored?.nextCaKey).toBeDefined();
    expect(adopted.stored).not.toHaveProperty('nextCaKey');
    expect(adopted.stored?.previousCert).toBe(first.cert);
    expect(dropped.stored).not.toHaveProperty('previousCert');
  });

  it('adopts the next authority at once where the old one has ended meanwhile', async () => {
    const late = NOW + CA_LIFETIME_MS + MINUTE;
    const next = await issueAuthority(late - 10 * MINUTE);
    const stored = { ...first, ca: `${first.ca}${next.cert}`, nextCaKey: next.key };
    expect((await settle(stored, { now: late })).steps[0]).toBe('adopt');
  });

  it('announces another one where the key of the next is lost or noise', async () => {
    const { nextCaKey: _, ...lost } = announced.stored as StoredCertificates;
    expect(stepOf(lost)).toBe('keep');
    expect(stepOf(lost, { rotate: 'now' })).toBe('announce');
    expect(count((await settle({ ...lost, nextCaKey: 'noise' }, { rotate: 'now' })).stored?.ca)).toBe(3);
  });

  it('never makes a bundle without an end, however often somebody asks', async () => {
    let stored: StoredCertificates | undefined = first;
    for (let round = 0; round < 8; round += 1) {
      stored = (await settle(stored, { rotate: 'now' })).stored;
      stored = (await settle(stored, { inPlaceMs: OVERLAP })).stored;
    }
    expect(count(stored?.ca)).toBe(5);
  });
});

describe('a clock that jumps', async () => {
  const stored = await made();

  it('back by a day: what clients with the right time trust goes on being trusted', async () => {
    const jumped = await settle(stored, { now: NOW - 24 * 60 * MINUTE });
    expect(jumped.steps).toEqual(['make']);
    expect(trusts(jumped.stored?.ca, jumped.stored?.cert, NOW)).toBe(true);
    expect(trusts(jumped.stored?.ca, stored.cert, NOW)).toBe(true);
  });

  it('ahead by ten years and back again: good again with the first look after it', async () => {
    const ahead = await settle(stored, { now: NOW + 2 * CA_LIFETIME_MS });
    expect(trusts(ahead.stored?.ca, ahead.stored?.cert, NOW)).toBe(false);
    const back = await settle(ahead.stored, { now: NOW + MINUTE });
    expect(back.steps).toEqual(['make']);
    expect(trusts(back.stored?.ca, back.stored?.cert, NOW + MINUTE)).toBe(true);
  });
});
