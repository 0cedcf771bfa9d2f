/** A counter by policy whose series are bounded: those of policies in force, and no others, for as long as they are. */
import { Counter, type Registry } from 'prom-client';
import { described, type MetricName } from './metrics.ts';

export interface PolicyCounter {
  /** Counts one; nothing where the policy is not in force. `detail` is the value of the metric's second label, if it has one. */
  count(policy: string, detail?: string): void;
  /** From now on exactly these are in force. */
  keep(policies: ReadonlySet<string>): void;
}

interface Child {
  inc(): void;
}

export function policyCounter(registry: Registry, name: MetricName): PolicyCounter {
  const counter = new Counter({ ...described(name), registers: [registry] });
  // Labels are resolved once for each combination: prom-client hashes them anew on every call.
  const children = new Map<string, Map<string, Child>>();
  const labels = (policy: string, detail: string): readonly string[] => (detail === '' ? [policy] : [policy, detail]);
  return {
    count: (policy, detail = '') => {
      const known = children.get(policy);
      if (known === undefined) return;
      let child = known.get(detail);
      if (child === undefined) {
        child = counter.labels(...labels(policy, detail));
        known.set(detail, child);
      }
      child.inc();
    },
    keep: (policies) => {
      for (const [policy, known] of children) {
        if (policies.has(policy)) continue;
        for (const detail of known.keys()) counter.remove(...labels(policy, detail));
        children.delete(policy);
      }
      for (const policy of policies) if (!children.has(policy)) children.set(policy, new Map());
    },
  };
}
