import { expect, it } from 'vitest';
import { METRICS, type MetricDefinition } from './metrics.ts';
import { createPrometheus } from './prometheus.ts';

const samplesOf = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));

it('has exactly the metrics of the table, with their help and type', async () => {
  const text = await createPrometheus().page.render();
  const described = [...text.matchAll(/^# HELP (tidegate_\S+) (.*)\n# TYPE \S+ (\S+)$/gm)];
  const found = described.map(([, name, help, type]) => [name, { help, type }]);
  const wanted = Object.entries(METRICS).map(([name, { help, type }]) => [name, { help, type }]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
});

it('counts by policy what is in force, and nothing else', async () => {
  const { recorder, page } = createPrometheus();
  recorder.observeReload(true, ['a', 'b']);
  recorder.observeFinding('a', 'Deny');
  recorder.observeFinding('constructor', 'Deny');
  recorder.observeNotJudged('b');
  for (let count = 0; count < 100; count++) recorder.observeFailure(`made-up-${count}`);
  const text = await page.render();
  expect(samplesOf(text, 'tidegate_findings_total')).toEqual(['tidegate_findings_total{policy="a",action="Deny"} 1']);
  expect(samplesOf(text, 'tidegate_not_judged_total')).toEqual(['tidegate_not_judged_total{policy="b"} 1']);
  expect(samplesOf(text, 'tidegate_policy_failures_total')).toEqual([]);
});

it('forgets a policy that is gone, and counts the others on', async () => {
  const { recorder, page } = createPrometheus();
  recorder.observeReload(true, ['a', 'b']);
  for (const policy of ['a', 'b']) {
    recorder.observeFinding(policy, 'Warn');
    recorder.observeFailure(policy);
  }
  recorder.observeReload(true, ['b', 'c']);
  for (const policy of ['a', 'b', 'c']) recorder.observeFinding(policy, 'Warn');
  const text = await page.render();
  expect(samplesOf(text, 'tidegate_findings_total')).toEqual([
    'tidegate_findings_total{policy="b",action="Warn"} 2',
    'tidegate_findings_total{policy="c",action="Warn"} 1',
  ]);
  expect(samplesOf(text, 'tidegate_policy_failures_total')).toEqual(['tidegate_policy_failures_total{policy="b"} 1']);
  expect(samplesOf(text, 'tidegate_policies')).toEqual(['tidegate_policies 2']);
});

it('shows what it is told at each scrape, and nothing where nobody knows', async () => {
  const { page, read } = createPrometheus('1.2.3');
  const names = Object.entries(METRICS as Readonly<Record<string, MetricDefinition>>);
  const unread = await page.render();
  const shown = names.filter(([name]) => samplesOf(unread, name).length > 0).map(([name]) => name);
  expect(shown).not.toContain('tidegate_elected');
  expect(shown).not.toContain('tidegate_event_queue_length');

  const now = Date.now();
  let resources = ['pods', 'services'];
  read({ elected: () => true, exceptionEnds: () => [now - 1, now + 60_000, now + 60_000] });
  read({
    certificates: () => ({ serving: 1_700_000_000_000 }),
    brokenPolicies: () => ['previous'],
    watches: () =>
      resources.map((resource) => ({ apiVersion: 'v1', resource, synced: true, failures: 3, listedAt: 5000 })),
  });
  const text = await page.render();
  expect(samplesOf(text, 'tidegate_elected')).toEqual(['tidegate_elected 1']);
  expect(samplesOf(text, 'tidegate_exceptions')).toEqual([
    'tidegate_exceptions{state="in_force"} 2',
    'tidegate_exceptions{state="expired"} 1',
  ]);
  expect(samplesOf(text, 'tidegate_certificate_expiry_timestamp_seconds')).toEqual([
    'tidegate_certificate_expiry_timestamp_seconds{certificate="serving"} 1700000000',
  ]);
  expect(samplesOf(text, 'tidegate_policies_broken')).toEqual([
    'tidegate_policies_broken{in_force="previous"} 1',
    'tidegate_policies_broken{in_force="none"} 0',
  ]);
  expect(samplesOf(text, 'tidegate_watch_failures_total')).toHaveLength(2);
  resources = ['pods'];
  const later = await page.render();
  expect(samplesOf(later, 'tidegate_watch_failures_total')).toEqual([
    'tidegate_watch_failures_total{resource="pods"} 3',
  ]);
  expect(samplesOf(later, 'tidegate_watch_synced')).toEqual(['tidegate_watch_synced{resource="pods"} 1']);
});
