/** The gauges that are asked for when Prometheus comes. What nobody can say is left out, not zero. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { described, type MetricName } from './metrics.ts';
import type { Readings, ScanReading, WatchReading } from './readings.ts';

/** Registers them all; `readings` may be filled later, and is asked anew each time. */
export function registerReadings(registry: Registry, readings: Readings): void {
  const gauge = (name: MetricName, samples: () => readonly Sample[]): void => {
    const { labelNames } = described(name);
    const collect = function (this: Gauge): void {
      this.reset();
      // Without labels prom-client shows a zero that nobody has measured.
      const found = samples();
      if (found.length === 0 && labelNames.length === 0) this.remove();
      for (const [labels, value] of found) this.set(labels, value);
    };
    new Gauge({ ...described(name), registers: [registry], collect });
  };
  gauge('tidegate_certificate_expiry_timestamp_seconds', () => certificates(readings));
  gauge('tidegate_elected', () => unlabelled(readings.elected === undefined ? undefined : Number(readings.elected())));
  gauge('tidegate_policies_broken', () => brokenPolicies(readings));
  gauge('tidegate_exceptions', () => exceptions(readings));
  gauge('tidegate_event_queue_length', () => unlabelled(readings.eventQueueLength?.()));
  gauge('tidegate_watch_synced', () => watches(readings, ({ synced }) => Number(synced)));
  gauge('tidegate_watch_last_sync_timestamp_seconds', () =>
    watches(readings, ({ listedAt }) => (listedAt === undefined ? undefined : listedAt / 1000)),
  );
  gauge('tidegate_scan_last_timestamp_seconds', () => unlabelled(scanOf(readings, ({ endedAt }) => endedAt / 1000)));
  gauge('tidegate_scan_duration_seconds', () => unlabelled(scanOf(readings, ({ seconds }) => seconds)));
  gauge('tidegate_scan_objects', () => scanOf(readings, scannedObjects) ?? []);
  gauge('tidegate_debt', () => scanOf(readings, debt) ?? []);
  new Counter({
    ...described('tidegate_watch_failures_total'),
    registers: [registry],
    collect(): void {
      this.reset();
      for (const [labels, value] of watches(readings, ({ failures }) => failures)) this.inc(labels, value);
    },
  });
}

type Sample = readonly [labels: Record<string, string>, value: number];

function unlabelled(value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [[{}, value]];
}

function certificates({ certificates: read }: Readings): readonly Sample[] {
  return Object.entries(read?.() ?? {}).map(([certificate, end]) => [{ certificate }, (end as number) / 1000]);
}

function brokenPolicies({ brokenPolicies: read }: Readings): readonly Sample[] {
  const broken = read?.();
  if (broken === undefined) return [];
  return (['previous', 'none'] as const).map((what) => [
    { in_force: what },
    broken.filter((one) => one === what).length,
  ]);
}

function exceptions({ exceptionEnds }: Readings): readonly Sample[] {
  const ends = exceptionEnds?.();
  if (ends === undefined) return [];
  const now = Date.now();
  const expired = ends.filter((end) => end <= now).length;
  return [
    [{ state: 'in_force' }, ends.length - expired],
    [{ state: 'expired' }, expired],
  ];
}

function scanOf<T>({ scan }: Readings, measure: (scan: ScanReading) => T): T | undefined {
  const last = scan?.();
  return last === undefined ? undefined : measure(last);
}

function scannedObjects({ objects, judged }: ScanReading): readonly Sample[] {
  return [
    [{ verdict: 'new' }, judged],
    [{ verdict: 'kept' }, objects - judged],
  ];
}

function debt({ debt: entries }: ScanReading): readonly Sample[] {
  // Prometheus calls the namespace of the replica "namespace".
  return entries.map(({ namespace, policy, findings }) => [{ object_namespace: namespace, policy }, findings]);
}

function watches({ watches: read }: Readings, measure: (watch: WatchReading) => number | undefined): readonly Sample[] {
  return (read?.() ?? []).flatMap((watch): readonly Sample[] => {
    const value = measure(watch);
    return value === undefined ? [] : [[{ resource: resourceName(watch) }, value]];
  });
}

/** `deployments.apps`, as kubectl names them. */
function resourceName({ apiVersion, resource }: WatchReading): string {
  const [group] = apiVersion.split('/');
  return apiVersion.includes('/') ? `${resource}.${group}` : resource;
}
