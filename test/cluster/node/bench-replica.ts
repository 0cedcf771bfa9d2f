/**
 * `npm run bench:replica`: what a replica takes on an empty cluster, and on one with 5,000 namespaces and 20,000 Pods: memory,
 * and the time from the start of its container to Ready. Four minutes.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { CHART, expectHelm } from '../helm.ts';
import { expectOutput } from '../kubectl.ts';
import { eventually } from '../wait.ts';
import { type Node, startNode } from './node.ts';
import { processesOf } from './processes.ts';
import { openProxy } from './stream.ts';
import { workload } from './workload.ts';
import { RELEASE, type Stored, SYSTEM } from './world.ts';

const [NAMESPACES, PODS] = [5000, 20_000];
const AT_ONCE = 24;

async function bench(): Promise<void> {
  const node = await startNode();
  await expectHelm(node.helm, ['install', RELEASE, CHART, '-n', SYSTEM, '--create-namespace']);
  await measure(node, 'an empty cluster');
  await expectHelm(node.helm, ['uninstall', RELEASE, '-n', SYSTEM, '--wait']);
  const proxy = await openProxy(node, []);
  await fill(proxy);
  await expectHelm(node.helm, ['install', RELEASE, CHART, '-n', SYSTEM]);
  const counts = await Promise.all(
    ['namespaces', 'pods', 'serviceaccounts', 'configmaps'].map((each) => countOf(proxy, each)),
  );
  await measure(node, counts.join(', '));
}

/** Of each replica: seconds to Ready, and megabytes of its process at the most and a minute later. */
async function measure(node: Node, what: string): Promise<void> {
  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(node.kubectl, args);
  await kubectl('rollout', 'status', `deployment/${RELEASE}`, '-n', SYSTEM, '--timeout=400s');
  const { items } = JSON.parse(await kubectl('get', 'pods', '-n', SYSTEM, '-o', 'json'));
  console.log(what);
  for (const { metadata, status } of items) {
    const ready = status.conditions.find(({ type }: Stored) => type === 'Ready').lastTransitionTime;
    const { state, restartCount } = status.containerStatuses[0];
    const seconds = (Date.parse(ready) - Date.parse(state.running.startedAt)) / 1000;
    console.log(`  ready after ${seconds} s, ${restartCount} restarts; ${await memoryOf(metadata.name)}`);
  }
  await wait(60_000);
  for (const { metadata } of items) console.log(`  a minute later: ${await memoryOf(metadata.name)}`);
}

async function memoryOf(pod: string): Promise<string> {
  const [pid] = await processesOf(pod);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return `${megabytes('VmRSS')} MiB, at most ${megabytes('VmHWM')} MiB`;
}

/** How many there are; the API server says how many come after the first. */
async function countOf(proxy: string, resource: string): Promise<string> {
  const response = await fetch(`${proxy}/api/v1/${resource}?limit=1`);
  const { metadata } = (await response.json()) as Stored;
  return `${1 + (metadata.remainingItemCount ?? 0)} ${resource}`;
}

/** Straight into the API server. No scheduler takes the Pods: nothing runs. */
async function fill(proxy: string): Promise<void> {
  const name = (index: number): string => `tenant-${index % NAMESPACES}`;
  await inParallel(NAMESPACES, (index) =>
    post(`${proxy}/api/v1/namespaces`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: name(index) } }),
  );
  await inParallel(PODS, (index) => {
    const pod = workload({ kind: 'Pod', name: `pod-${index}`, quality: 'good', image: 'ghcr.io/example/shop:1.4.2' });
    const { spec } = pod as Stored;
    return post(`${proxy}/api/v1/namespaces/${name(index)}/pods`, {
      ...pod,
      spec: { ...spec, schedulerName: 'nobody' },
    });
  });
}

/** Again while it is refused: a namespace has no ServiceAccount in its first moments. */
async function post(url: string, object: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(object) };
  await eventually(
    `POST ${url}`,
    async () => {
      const response = await fetch(url, init);
      const text = await response.text();
      if (response.status >= 300 && response.status !== 409) throw new Error(text);
      return true;
    },
    { timeoutMs: 300_000, everyMs: 500 },
  );
}

async function inParallel(count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

await bench();
// The programs of the node hold this process, and end with it.
process.exit(0);
