/** A step of the rotation, done: the certificates as they are after it. Nothing is stored here. */
import type { X509Certificate } from 'node:crypto';
import type { Issued } from './issued.ts';
import { type RotationStep, validTo } from './rotation.ts';
import { type OwnCertificates, ownCertificates, type StoredCertificates } from './store.ts';

export interface Renewal {
  readonly stored: StoredCertificates | undefined;
  readonly issued: Issued | undefined;
  readonly names: readonly string[];
  readonly now: number;
  /** Whether what was trusted until now stays trusted where all is made anew. */
  readonly trustBefore: boolean;
}

/** Whoever rotates again and again shall not make a bundle that no object can hold. */
const MOST_OTHERS = 4;

/** Rejects where the step needs what the renewal lacks. */
export async function renew(step: Exclude<RotationStep, 'keep'>, renewal: Renewal): Promise<OwnCertificates> {
  const { issued } = renewal;
  if (step === 'make') return make(renewal);
  if (issued === undefined || renewal.stored === undefined) throw new Error(`nothing to ${step}`);
  return STEPS[step]({ ...renewal, stored: ownCertificates(renewal.stored), issued });
}

interface Known extends Renewal {
  readonly stored: OwnCertificates;
  readonly issued: Issued;
}

type Step = (known: Known) => Promise<OwnCertificates>;

const STEPS: Readonly<Record<Exclude<RotationStep, 'keep' | 'make'>, Step>> = {
  'renew leaf': async ({ stored, issued: { ca }, names, now }) => {
    const { issueLeaf } = await issuer();
    return { ...stored, ...(await issueLeaf({ cert: ca.toString(), key: stored.caKey }, names, now)) };
  },
  announce: async ({ stored, issued: { ca, others, next }, now }) => {
    const { issueAuthority } = await issuer();
    const authority = await issueAuthority(now);
    const rest = others.filter((each) => each !== next);
    return { ...stored, ca: bundle(ca, authority.cert, ...rest), nextCaKey: authority.key };
  },
  adopt: async ({ stored, issued: { ca, others, next }, names, now }) => {
    const { nextCaKey, ...rest } = stored;
    if (next === undefined || nextCaKey === undefined) throw new Error('no authority was announced');
    const { issueLeaf } = await issuer();
    const leaf = await issueLeaf({ cert: next.toString(), key: nextCaKey }, names, now);
    const trusted = bundle(next, ca, ...others.filter((each) => each !== next));
    return { ...rest, ...leaf, ca: trusted, caKey: nextCaKey, previousCert: stored.cert };
  },
  drop: async ({ stored: { previousCert: _, ...stored }, issued: { ca } }) => ({ ...stored, ca: bundle(ca) }),
};

async function make({ stored, issued, names, now, trustBefore }: Renewal): Promise<OwnCertificates> {
  const { issueAuthority, issueLeaf } = await issuer();
  const authority = await issueAuthority(now);
  const leaf = await issueLeaf(authority, names, now);
  // One that is not valid yet may be so by another's clock.
  const before = issued && trustBefore ? [issued.ca, ...issued.others].filter((each) => now < validTo(each)) : [];
  const made = { ...leaf, ca: bundle(authority.cert, ...before), caKey: authority.key };
  return before.length > 0 && stored?.cert ? { ...made, previousCert: stored.cert } : made;
}

function bundle(...certificates: readonly (X509Certificate | string)[]): string {
  return certificates
    .slice(0, 1 + MOST_OTHERS)
    .map((each) => `${each.toString().trimEnd()}\n`)
    .join('');
}

/** Loaded only now: a start with good certificates does not pay for it. */
function issuer(): Promise<typeof import('./issue.ts')> {
  return import('./issue.ts');
}
