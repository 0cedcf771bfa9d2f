/**
 * `npm run bench:scan`: what the scan costs admission. Two replicas on one cluster of 2,000 workloads, asked in turns, one of them
 * scanning without a pause at the pace of the settings. Two minutes.
 */
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { post } from '../bench/load.ts';
import { badReview, goodReview } from '../bench/review.ts';
import { REPOSITORY } from '../support/source.ts';
import { startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { expectOutput } from './kubectl.ts';
import { populate } from './population.ts';
import { temporaryFolder } from './process.ts';
import { install, type Replica, startReplica } from './replica.ts';
import { eventually } from './wait.ts';

const NAME = 'tidegate';
const SECONDS = 60;
/** Of each replica. */
const REQUESTS_PER_SECOND = 50;
const { objectsPerSecond } = RECOMMENDED.scan;

const cluster = await startCluster();
try {
  await installDefinitions(cluster.kubectl);
  await install(cluster.kubectl, NAME);
  const policies = readdirSync(join(REPOSITORY, 'policies'), { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  const files = policies.flatMap(({ name }) => ['-f', join(REPOSITORY, 'policies', name, 'policy.yaml')]);
  await expectOutput(cluster.kubectl, ['apply', '--server-side', ...files]);
  await populate(
    cluster.kubeconfig,
    Array.from({ length: 12 }, (_, index) => `tenant-${index}`),
    400,
  );
  // So short that a round is always under way; the first to come is elected.
  const scanning = await startOne('scanning', { interval: '1s', objectsPerSecond });
  await eventually('it scans', () => scanning.running.output().includes('"message":"scanned"'), { timeoutMs: 120_000 });
  const idle = await startOne('idle', { enabled: false });
  await measure(scanning, idle, 5);
  const [busy, quiet] = await measure(scanning, idle, SECONDS);
  console.log(`${SECONDS * REQUESTS_PER_SECOND} requests each`);
  console.log(`at ${objectsPerSecond} objects a second   p50 ${ms(busy, 0.5)} ms   p99 ${ms(busy, 0.99)} ms`);
  console.log(`without a scan            p50 ${ms(quiet, 0.5)} ms   p99 ${ms(quiet, 0.99)} ms`);
  console.log(`ratio of the p99          ${(quantile(busy, 0.99) / quantile(quiet, 0.99)).toFixed(2)}`);
  await scanning.running.stop();
  await idle.running.stop();
} finally {
  await cluster.stop();
}
process.exit(0);

async function startOne(pod: string, scan: object): Promise<Replica> {
  const settings = join(await temporaryFolder('settings'), 'tidegate.yaml');
  await writeFile(settings, JSON.stringify({ apiVersion: 'tidegate.dev/v1alpha1', kind: 'Settings', scan }));
  const env = { TIDEGATE_SETTINGS: settings, TIDEGATE_LOG_LEVEL: 'debug' };
  const replica = await startReplica({ kubeconfig: cluster.kubeconfig, namespace: NAME, pod, env });
  await eventually(`${pod} is ready`, async () => (await replica.readyz()) === 200);
  return replica;
}

/** Each answer's milliseconds, sorted: at fixed times, whether the ones before have been answered or not, as API servers ask. */
async function measure(
  a: Replica,
  b: Replica,
  seconds: number,
): Promise<readonly [readonly number[], readonly number[]]> {
  const agents = [a, b].map(() => new Agent({ keepAlive: true, maxSockets: 8 }));
  const reviews = [goodReview(), badReview()];
  const taken: [number[], number[]] = [[], []];
  const asked: Promise<void>[] = [];
  const began = performance.now();
  for (let count = 0; count < seconds * REQUESTS_PER_SECOND; count++) {
    for (const [which, { port }] of [a, b].entries()) {
      const due = began + ((count + which / 2) * 1000) / REQUESTS_PER_SECOND;
      await wait(Math.max(0, due - performance.now()));
      const sent = performance.now();
      const answered = post(port, '/validate', reviews[count % 2] as string, agents[which]);
      asked.push(answered.then(() => void taken[which]?.push(performance.now() - sent)));
    }
  }
  await Promise.all(asked);
  for (const agent of agents) agent.destroy();
  return [taken[0].toSorted((x, y) => x - y), taken[1].toSorted((x, y) => x - y)];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function ms(sorted: readonly number[], share: number): string {
  return quantile(sorted, share).toFixed(1);
}
