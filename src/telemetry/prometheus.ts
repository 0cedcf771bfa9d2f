/** The Recorder and the Readings as Prometheus metrics. Labels are bounded: see metrics.ts for all that they may hold. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { described } from './metrics.ts';
import { policyCounter } from './policy-counter.ts';
import { registerReadings } from './reading-metrics.ts';
import type { Readings } from './readings.ts';
import type { MetricsPage, Recorder } from './recorder.ts';

export interface Prometheus {
  readonly recorder: Recorder;
  readonly page: MetricsPage;
  /** Adds readings to those known already; they are asked at each scrape. */
  read(readings: Readings): void;
}

/** A recorder with a registry of its own, and the page that shows it beside the metrics of the process. */
export function createPrometheus(version = 'unknown'): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const readings: Readings = {};
  registerReadings(registry, readings);
  new Gauge({ ...described('tidegate_build_info'), registers: [registry] }).set({ version, node: process.version }, 1);
  return {
    recorder: {
      ...requestMetrics(registry),
      ...policyMetrics(registry),
      ...applyMetrics(registry),
      ...eventMetrics(registry),
    },
    page: { contentType: registry.contentType, render: () => registry.metrics() },
    read: (more) => void Object.assign(readings, more),
  };
}

// From a tenth of a millisecond (a request that matches nothing) to the webhook's timeout of 3 seconds.
const SECONDS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

function requestMetrics(registry: Registry): Pick<Recorder, 'observeArrival' | 'observeEnd' | 'observeRequest'> {
  const inFlight = new Gauge({ ...described('tidegate_admission_requests_in_flight'), registers: [registry] });
  const duration = new Histogram({
    ...described('tidegate_admission_duration_seconds'),
    buckets: SECONDS,
    registers: [registry],
  });
  // Labels are resolved once for each combination: prom-client hashes them anew on every call.
  const known = new Map<string, { observe(seconds: number): void }>();
  return {
    observeArrival: () => inFlight.inc(),
    observeEnd: () => inFlight.dec(),
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

type PolicyMetrics = Pick<
  Recorder,
  'observeFinding' | 'observeChange' | 'observeMissingChange' | 'observeFailure' | 'observeNotJudged' | 'observeReload'
>;

function policyMetrics(registry: Registry): PolicyMetrics {
  const findings = policyCounter(registry, 'tidegate_findings_total');
  const changes = policyCounter(registry, 'tidegate_changes_total');
  const missing = policyCounter(registry, 'tidegate_changes_missing_total');
  const failures = policyCounter(registry, 'tidegate_policy_failures_total');
  const notJudged = policyCounter(registry, 'tidegate_not_judged_total');
  const policies = new Gauge({ ...described('tidegate_policies'), registers: [registry] });
  const reloads = new Counter({ ...described('tidegate_policy_reloads_total'), registers: [registry] });
  return {
    observeFinding: findings.count,
    observeChange: changes.count,
    observeMissingChange: missing.count,
    observeFailure: (policy) => failures.count(policy),
    observeNotJudged: (policy) => notJudged.count(policy),
    observeReload: (ok, ids) => {
      reloads.inc({ result: ok ? 'ok' : 'failed' });
      policies.set(ids.length);
      const inForce = new Set(ids);
      for (const counter of [findings, changes, missing, failures, notJudged]) counter.keep(inForce);
    },
  };
}

function applyMetrics(registry: Registry): Pick<Recorder, 'observeApply'> {
  const applies = new Counter({ ...described('tidegate_webhook_configuration_applies_total'), registers: [registry] });
  return { observeApply: (ok) => applies.inc({ result: ok ? 'ok' : 'failed' }) };
}

function eventMetrics(registry: Registry): Pick<Recorder, 'observeEvent'> {
  const written = new Counter({ ...described('tidegate_events_written_total'), registers: [registry] });
  const dropped = new Counter({ ...described('tidegate_events_dropped_total'), registers: [registry] });
  return {
    observeEvent: (outcome) => (outcome === 'written' ? written.inc() : dropped.inc({ reason: outcome })),
  };
}
