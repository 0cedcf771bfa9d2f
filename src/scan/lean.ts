/** What was found, kept once: thousands of objects have the same mistakes, and differ in nothing but their names. */
import { createHash } from 'node:crypto';
import { objectName } from '../policy/object-name.ts';
import type { ObjectOutcome, ReportedFinding } from '../report/report.ts';

/** An outcome without the object that it is of. Never changed: others share it. */
export type LeanOutcome = Pick<ObjectOutcome, 'findings' | 'changes' | 'patch' | 'failures' | 'notJudged'>;

/** What names an object in a report. */
export type Identity = Pick<ObjectOutcome, 'apiVersion' | 'kind' | 'namespace' | 'name'>;

export interface Shelf {
  /** The outcome without its object: the same value for the same outcome of another object. */
  lean(outcome: ObjectOutcome): LeanOutcome;
  /** Forgets what none of these has. */
  keep(used: Iterable<LeanOutcome>): void;
}

// A fingerprint names its object.
const OBJECT = '\0';
// Looking through all that is in use pays once there may be something to throw away.
const GROWN = 1.5;

/** An empty shelf. */
export function createShelf(): Shelf {
  const shelf = new Map<string, object>();
  let kept = 1000;
  const share = <T extends object>(value: T): T => {
    const key = createHash('sha1').update(JSON.stringify(value)).digest('base64');
    const known = shelf.get(key) as T | undefined;
    if (known === undefined) shelf.set(key, value);
    return known ?? value;
  };
  return {
    lean: (outcome) => {
      const { changes, patch, failures, notJudged } = outcome;
      return share({
        findings: outcome.findings.map((finding) => share(nameless(finding, outcome))),
        changes: changes.map(share),
        patch: patch.map(share),
        failures: failures.map(share),
        notJudged: notJudged.map(share),
      });
    },
    keep: (used) => {
      if (shelf.size < kept * GROWN) return;
      const left = new Set<object>();
      for (const outcome of used) {
        left.add(outcome);
        for (const part of Object.values(outcome).flat()) left.add(part);
      }
      for (const [key, value] of shelf) if (!left.has(value)) shelf.delete(key);
      kept = Math.max(1000, shelf.size);
    },
  };
}

/** The outcome of that object. */
export function fullOutcome(lean: LeanOutcome, { apiVersion, kind, namespace, name }: Identity): ObjectOutcome {
  const identity = { apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
  const words = wordsOf(identity);
  const findings = lean.findings.map((finding) => ({
    ...finding,
    fingerprint: finding.fingerprint.replace(OBJECT, () => words),
  }));
  return { ...identity, ...lean, findings };
}

function nameless(finding: ReportedFinding, identity: Identity): ReportedFinding {
  return { ...finding, fingerprint: finding.fingerprint.replace(wordsOf(identity), OBJECT) };
}

/** As fingerprints name an object. */
function wordsOf(identity: Identity): string {
  return ` ${objectName(identity)}`;
}
