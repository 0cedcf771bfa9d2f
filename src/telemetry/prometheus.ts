/** The Recorder as Prometheus metrics. Labels are bounded: policy ids of the set in force and the words of recorder.ts. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricsPage, Recorder } from './recorder.ts';

// From a tenth of a millisecond (a request that matches nothing) to the webhook's timeout of 3 seconds.
const SECONDS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

/** A recorder with a registry of its own, and the page that shows it beside the metrics of the process. */
export function createPrometheus(): { readonly recorder: Recorder; readonly page: MetricsPage } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const page = { contentType: registry.contentType, render: () => registry.metrics() };
  return { recorder: { ...requestMetrics(registry), ...policyMetrics(registry), ...reloadMetrics(registry) }, page };
}

function requestMetrics(registry: Registry): Pick<Recorder, 'observeRequest'> {
  const duration = new Histogram({
    name: 'tidegate_admission_duration_seconds',
    help: 'Time from the arrival of an AdmissionReview to its answer.',
    labelNames: ['door', 'operation', 'verdict'],
    buckets: SECONDS,
    registers: [registry],
  });
  // Labels are resolved once for each combination: prom-client hashes them anew on every call.
  const known = new Map<string, { observe(seconds: number): void }>();
  return {
    observeRequest: (door, operation, verdict, seconds) => {
      const key = `${door} ${operation} ${verdict}`;
      let child = known.get(key);
      if (child === undefined) {
        child = duration.labels(door, operation, verdict);
        known.set(key, child);
      }
      child.observe(seconds);
    },
  };
}

type PolicyMetrics = Pick<Recorder, 'observeFinding' | 'observeChange' | 'observeFailure' | 'observeNotJudged'>;

function policyMetrics(registry: Registry): PolicyMetrics {
  const counter = (name: string, help: string, labelNames: readonly string[]): Counter =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const findings = counter('tidegate_findings_total', 'Findings, by policy and by what it asks for.', [
    'policy',
    'action',
  ]);
  const changes = counter('tidegate_changes_total', 'Changes by mutating policies.', ['policy', 'action']);
  const failures = counter('tidegate_policy_failures_total', 'Rules that could not be evaluated.', ['policy']);
  const notJudged = counter('tidegate_not_judged_total', 'Rules that need an object which is not known.', ['policy']);
  return {
    observeFinding: (policy, action) => findings.inc({ policy, action }),
    observeChange: (policy, action) => changes.inc({ policy, action }),
    observeFailure: (policy) => failures.inc({ policy }),
    observeNotJudged: (policy) => notJudged.inc({ policy }),
  };
}

function reloadMetrics(registry: Registry): Pick<Recorder, 'observeReload'> {
  const policies = new Gauge({ name: 'tidegate_policies', help: 'Policies in force.', registers: [registry] });
  const reloads = new Counter({
    name: 'tidegate_policy_reloads_total',
    help: 'Loads of the policy set; a failed one keeps the last good set.',
    labelNames: ['result'],
    registers: [registry],
  });
  return {
    observeReload: (ok, count) => {
      reloads.inc({ result: ok ? 'ok' : 'failed' });
      policies.set(count);
    },
  };
}
