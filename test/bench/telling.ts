/**
 * What it costs to tell of findings: a Deployment that breaks most rules, under a profile that only records, with Events and
 * traces and without. Each request is another object, as in the worst of cases: far more Events than may be written.
 * `node test/bench/telling.ts` after `npm run build`.
 */
import { join } from 'node:path';
import { QUICK } from './effort.ts';
import { load, post, type Target } from './load.ts';
import { median } from './median.ts';
import { badReview, UID } from './review.ts';
import { type ServerProcess, withServers } from './server-process.ts';
import { table } from './table.ts';
import { serve, serverScript, writeKubeconfig } from './webhook.ts';

const WARM_UP = QUICK ? 200 : 2000;
const REQUESTS = QUICK ? 200 : 2000;
const ROUNDS = QUICK ? 1 : 3;

/** The review of an object that is stored: it has a uid, another one each time. */
function storedReview(): string {
  const review = JSON.parse(badReview());
  review.request.object.metadata.uid = UID;
  review.request.dryRun = false;
  return JSON.stringify(review);
}

interface Case {
  readonly name: string;
  readonly server: ServerProcess;
  readonly target: Target;
}

/** Runs all of it and prints it: about a minute. */
export async function benchTelling(): Promise<void> {
  await withServers(async (start, folder) => {
    const cluster = await start([serverScript('cluster')]);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeKubeconfig(kubeconfig, cluster.port);
    const args = serve(folder, '--kubeconfig', kubeconfig, '--profile', 'baseline');
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${cluster.port}` };
    const servings = [
      ['neither', await start(args)],
      ['Events', await start(args, { TIDEGATE_POD: 'tidegate-0' })],
      ['traces', await start(args, endpoint)],
    ] as const;
    const review = storedReview();
    const cases: Case[] = [];
    for (const [name, server] of servings) {
      const expected = await post(server.port, '/validate', review);
      if (!expected.includes('"allowed":true')) throw new Error(`not allowed: ${expected}`);
      cases.push({ name, server, target: { port: server.port, path: '/validate', review, expected } });
    }
    for (const { target } of cases) await load(target, WARM_UP, 16);
    for (const concurrency of [1, 16]) console.log(await measured(cases, concurrency));
  });
}

async function measured(cases: readonly Case[], concurrency: number): Promise<string> {
  const results = cases.map(() => [] as { p50: number; p99: number; cpu: number }[]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { server, target }] of cases.entries()) {
      const before = server.cpuSeconds();
      const { p50, p99 } = await load(target, REQUESTS, concurrency);
      results[index]?.push({ p50, p99, cpu: ((server.cpuSeconds() - before) * 1000) / REQUESTS });
    }
  }
  const of = (index: number, field: 'p50' | 'p99' | 'cpu'): number =>
    median((results[index] ?? []).map((result) => result[field]));
  const rows = cases.map(({ name, server }, index) => [
    name,
    of(index, 'p50').toFixed(2),
    of(index, 'p99').toFixed(2),
    of(index, 'cpu').toFixed(3),
    `${(of(index, 'cpu') / of(0, 'cpu')).toFixed(2)}x`,
    server.rssMb().toFixed(0),
  ]);
  const head = `\nTelling of findings, ${concurrency} at a time (${REQUESTS} requests, median of ${ROUNDS} rounds)\n\n`;
  return head + table([['', 'p50 ms', 'p99 ms', 'CPU-s/1000', 'of neither', 'RSS MB'], ...rows]);
}

if (import.meta.main) await benchTelling();
