/**
 * What the webhook costs: all bundled policies on a Deployment with three containers, good and bad, at both doors, next to
 * a bare https server and a bare express server that parse the same review and allow it. Rounds are interleaved, so that
 * a noisy moment of the machine hits all alike; the ratios are what to compare.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QUICK } from './effort.ts';
import { type LoadResult, load, post, type Target } from './load.ts';
import { median } from './median.ts';
import { badReview, goodReview, UID } from './review.ts';
import { type ServerProcess, withServers } from './server-process.ts';
import { startupTimes } from './startup.ts';
import { table } from './table.ts';
import { BROKEN_IN_CLUSTER, expectAllowed, expectDenied, expectPatched } from './verdict.ts';

// With all policies the code takes thousands of requests to be hot.
const WARM_UP = QUICK ? 200 : 4000;
const REQUESTS = QUICK ? 300 : 3000;
const ROUNDS = QUICK ? 1 : 3;
const CONCURRENCIES = [1, 16] as const;

/** The built webhook, on any port, with all policies on, certificates and (where there is one) a cluster of its own. */
export function serve(folder: string, ...more: readonly string[]): readonly string[] {
  const where = ['--host', '127.0.0.1', '--port', '0', '--cert-dir', join(folder, 'certs')];
  return [...NODE_FLAGS, TIDEGATE, 'serve', ...where, '--settings', SETTINGS, ...more];
}

/** As in the Dockerfile. */
const NODE_FLAGS = ['--max-semi-space-size=8'];

const SETTINGS = fileURLToPath(new URL('settings.yaml', import.meta.url));

const TIDEGATE = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export function serverScript(name: string): string {
  return fileURLToPath(new URL(`servers/${name}.ts`, import.meta.url));
}

/** A kubeconfig for the cluster at `port`. */
export async function writeKubeconfig(file: string, port: number): Promise<void> {
  const named = (key: string, value: object): object[] => [{ name: 'bench', [key]: value }];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    contexts: named('context', { cluster: 'bench', user: 'bench' }),
    clusters: named('cluster', { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true }),
    users: named('user', {}),
  };
  await writeFile(file, JSON.stringify(config));
}

interface Case {
  readonly name: string;
  readonly server: ServerProcess;
  readonly target: Target;
}

interface Measurement extends LoadResult {
  /** Of the server. */
  readonly cpuSecondsPer1000: number;
}

/** Runs all of it and prints it: about two minutes. */
export async function benchWebhook(): Promise<void> {
  await withServers(async (start, folder) => {
    const cluster = await start([serverScript('cluster')]);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeKubeconfig(kubeconfig, cluster.port);
    const ours = await start(serve(folder, '--kubeconfig', kubeconfig));
    const pair = [join(folder, 'certs', 'tls.crt'), join(folder, 'certs', 'tls.key')];
    const https = await start([serverScript('bare-https'), ...pair]);
    const express = await start([serverScript('bare-express'), ...pair]);
    const cases = await casesOf({ ours, https, express });
    for (const { target } of cases) await load(target, WARM_UP, 16);
    for (const concurrency of CONCURRENCIES) {
      const results = await measureAll(cases, concurrency);
      console.log(`\nWebhook, ${concurrency} at a time (${REQUESTS} requests, median of ${ROUNDS} rounds)\n`);
      console.log(report(cases, results));
    }
    console.log(`\n${await startupTimes(serve(folder))}`);
  });
}

const ALLOWED = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${UID}","allowed":true}}`;

async function casesOf(
  servers: Readonly<Record<'ours' | 'https' | 'express', ServerProcess>>,
): Promise<readonly Case[]> {
  const { ours, https, express } = servers;
  const [good, bad] = [goodReview(), badReview()];
  const bare = (server: ServerProcess): Target => ({
    port: server.port,
    path: '/validate',
    review: good,
    expected: ALLOWED,
  });
  const our = async (path: Target['path'], review: string, check: (answer: string) => void): Promise<Target> => {
    const expected = await post(ours.port, path, review);
    check(expected);
    return { port: ours.port, path, review, expected };
  };
  return [
    { name: 'bare https', server: https, target: bare(https) },
    { name: 'bare express', server: express, target: bare(express) },
    { name: 'validate, good', server: ours, target: await our('/validate', good, expectAllowed) },
    { name: 'validate, bad', server: ours, target: await our('/validate', bad, expectDeniedInCluster) },
    { name: 'mutate, good', server: ours, target: await our('/mutate', good, expectAllowed) },
    { name: 'mutate, bad', server: ours, target: await our('/mutate', bad, expectPatched) },
  ];
}

function expectDeniedInCluster(answer: string): void {
  expectDenied(answer, BROKEN_IN_CLUSTER);
}

async function measureAll(cases: readonly Case[], concurrency: number): Promise<readonly (readonly Measurement[])[]> {
  const results: Measurement[][] = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { server, target }] of cases.entries()) {
      const before = server.cpuSeconds();
      const result = await load(target, REQUESTS, concurrency);
      const cpuSecondsPer1000 = ((server.cpuSeconds() - before) * 1000) / REQUESTS;
      results[index]?.push({ ...result, cpuSecondsPer1000 });
    }
  }
  return results;
}

function report(cases: readonly Case[], results: readonly (readonly Measurement[])[]): string {
  const medianOf = (index: number, field: keyof Measurement): number =>
    median((results[index] ?? []).map((measurement) => measurement[field]));
  const express = medianOf(1, 'cpuSecondsPer1000');
  const rows = cases.map(({ name, server }, index) => [
    name,
    medianOf(index, 'requestsPerSecond').toFixed(0),
    medianOf(index, 'p50').toFixed(2),
    medianOf(index, 'p99').toFixed(2),
    medianOf(index, 'cpuSecondsPer1000').toFixed(3),
    `${(medianOf(index, 'cpuSecondsPer1000') / express).toFixed(2)}x`,
    server.rssMb().toFixed(0),
  ]);
  return table([['', 'req/s', 'p50 ms', 'p99 ms', 'CPU-s/1000', 'of express', 'RSS MB'], ...rows]);
}
