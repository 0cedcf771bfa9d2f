/** What people are told to look at: the page of metrics and the dashboard name what is there, and nothing else. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS, type MetricDefinition } from '../src/telemetry/metrics.ts';
import { createPrometheus } from '../src/telemetry/prometheus.ts';
import { REPOSITORY, textOf } from './support/source.ts';

const PAGE = 'docs/metrics.md';
const DASHBOARD = 'charts/tidegate/dashboards/tidegate.json';

const definitions = Object.entries(METRICS as Readonly<Record<string, MetricDefinition>>);

function table(): string {
  const rows = definitions.map(([name, { type, help, labels = {} }]) => {
    const said = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
    return `| \`${name}\` | ${type} | ${help} | ${said.join('; ')} |`;
  });
  return ['| metric | type | is | labels |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The names that may stand in an expression: ours and those of the process, with what a histogram makes of its own. */
async function knownNames(): Promise<ReadonlySet<string>> {
  const text = await createPrometheus().page.render();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => name + end) : [name],
    ),
  );
}

/** Every name in a text or an expression that looks like a metric of this process. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:tidegate|process|nodejs)_[a-z0-9_]+\b/g)].map(([name]) => name);
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

describe(PAGE, () => {
  it('lists every metric, as `npx vitest run test/metrics.test.ts --update` writes them', async () => {
    const page = textOf(PAGE).replace(/(<!-- metrics: .* -->\n)[\s\S]*(<!-- end of metrics -->)/, `$1${table()}\n$2`);
    await expect(page).toMatchFileSnapshot(join(REPOSITORY, PAGE));
  });

  it('alerts only on what there is', async () => {
    const known = await knownNames();
    const alerts = textOf(PAGE).match(/```promql\n([\s\S]*?)```/)?.[1] ?? '';
    expect(namesIn(alerts).length).toBeGreaterThan(5);
    expect(namesIn(alerts).filter((name) => !known.has(name))).toEqual([]);
  });
});

describe(DASHBOARD, () => {
  const { panels } = JSON.parse(textOf(DASHBOARD)) as Dashboard;

  it('has panels with names and numbers of their own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it.each(panels.map(({ title, targets }) => [title, targets.map(({ expr }) => expr)] as const))(
    '%s shows only what there is',
    async (_title, expressions) => {
      const known = await knownNames();
      for (const expression of expressions) {
        expect(namesIn(expression).length).toBeGreaterThan(0);
        expect(namesIn(expression).filter((name) => !known.has(name))).toEqual([]);
      }
    },
  );

  it('shows every metric of our own that is not said elsewhere on it', () => {
    const shown = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr))));
    const left = definitions.map(([name]) => name).filter((name) => ![...shown].some((one) => one.startsWith(name)));
    expect(left).toEqual(['tidegate_admission_requests_in_flight', 'tidegate_watch_last_sync_timestamp_seconds']);
  });
});
