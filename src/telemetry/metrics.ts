/**
 * Every metric of our own: the one place of its name, help and labels. `prometheus.ts` registers exactly these, and
 * docs/metrics.md is written from them.
 */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The values that each label may have, in words. */
  readonly labels?: Readonly<Record<string, string>>;
}

const POLICY = 'id of a policy in force';

export const METRICS = {
  tidegate_admission_duration_seconds: {
    type: 'histogram',
    help: 'Time from the arrival of an AdmissionReview to its answer.',
    labels: {
      door: 'mutate, validate, policies',
      operation: 'CREATE, UPDATE, DELETE, CONNECT, UNKNOWN',
      verdict: 'allowed, denied, patched, malformed, error',
    },
  },
  tidegate_admission_requests_in_flight: { type: 'gauge', help: 'Requests that have arrived and have no answer yet.' },
  tidegate_findings_total: {
    type: 'counter',
    help: 'Findings, by policy and by what it asks for.',
    labels: { policy: POLICY, action: 'Deny, Warn, Audit, Tolerated' },
  },
  tidegate_changes_total: {
    type: 'counter',
    help: 'Changes by mutating policies.',
    labels: { policy: POLICY, action: 'Mutate, Audit' },
  },
  tidegate_changes_missing_total: {
    type: 'counter',
    help: 'Changes that the object had not when it came to be validated.',
    labels: { policy: POLICY, cause: 'undone, late, unseen' },
  },
  tidegate_policy_failures_total: {
    type: 'counter',
    help: 'Rules that could not be evaluated.',
    labels: { policy: POLICY },
  },
  tidegate_not_judged_total: {
    type: 'counter',
    help: 'Rules that need an object which is not known.',
    labels: { policy: POLICY },
  },
  tidegate_policies: { type: 'gauge', help: 'Policies in force.' },
  tidegate_policies_broken: {
    type: 'gauge',
    help: 'Policies whose latest version does not compile, by what is in force instead.',
    labels: { in_force: 'previous, none' },
  },
  tidegate_policy_reloads_total: {
    type: 'counter',
    help: 'Loads of the policy set; a failed one keeps the last good set.',
    labels: { result: 'ok, failed' },
  },
  tidegate_exceptions: {
    type: 'gauge',
    help: 'PolicyExceptions, by whether they still count.',
    labels: { state: 'in_force, expired' },
  },
  tidegate_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the certificate ends, in seconds of the epoch.',
    labels: { certificate: 'serving, authority' },
  },
  tidegate_elected: { type: 'gauge', help: '1 on the replica that holds the Lease, 0 on the others.' },
  tidegate_webhook_configuration_applies_total: {
    type: 'counter',
    help: 'Writes of the webhook configurations by this replica.',
    labels: { result: 'ok, failed' },
  },
  tidegate_watch_synced: {
    type: 'gauge',
    help: '1 while the objects of the resource are known, 0 while they are not.',
    labels: { resource: 'resource that policies look up, as deployments.apps' },
  },
  tidegate_watch_failures_total: {
    type: 'counter',
    help: 'Lists and watches of the resource that failed; they are tried again.',
    labels: { resource: 'as above' },
  },
  tidegate_watch_last_sync_timestamp_seconds: {
    type: 'gauge',
    help: 'When the resource was last listed as a whole, in seconds of the epoch.',
    labels: { resource: 'as above' },
  },
  tidegate_event_queue_length: { type: 'gauge', help: 'Events that wait to be written.' },
  tidegate_events_written_total: { type: 'counter', help: 'Events that the API server took.' },
  tidegate_events_dropped_total: {
    type: 'counter',
    help: 'Events that were not written, by why.',
    labels: { reason: 'queue_full, rate_limited, failed' },
  },
  tidegate_debt: {
    type: 'gauge',
    help: 'Open findings of the last scan, excepted ones left out.',
    labels: {
      object_namespace:
        'of the objects, empty for those without one; (others) for all beyond the 1,000 largest numbers',
      policy: 'id of a policy in force; (others) as before',
    },
  },
  tidegate_scan_last_timestamp_seconds: { type: 'gauge', help: 'When the last scan ended, in seconds of the epoch.' },
  tidegate_scan_duration_seconds: { type: 'gauge', help: 'How long the last scan took.' },
  tidegate_scan_objects: {
    type: 'gauge',
    help: 'Objects of the last scan, by whether they were judged or had their verdict from before.',
    labels: { verdict: 'new, kept' },
  },
  tidegate_build_info: {
    type: 'gauge',
    help: 'Always 1; what runs is in the labels.',
    labels: { version: 'of Tidegate', node: 'of Node.js' },
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

/** The help and the label names of a metric, as prom-client takes them. */
export function described(name: MetricName): {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
} {
  const { help, labels = {} }: MetricDefinition = METRICS[name];
  return { name, help, labelNames: Object.keys(labels) };
}
