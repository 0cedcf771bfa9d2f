/** A steady stream of applies while something happens: good, plain and bad Deployments in turn, each a new one. */
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, start } from '../process.ts';
import { locateTool } from '../tools.ts';
import { eventually } from '../wait.ts';
import type { Node } from './node.ts';
import { type Outcome, Tally } from './tally.ts';
import { type Quality, workload } from './workload.ts';

export interface Stream {
  /** So far. */
  readonly tally: Tally;
  /** Ends it when what is under way has been answered. */
  stop(): Promise<Tally>;
}

const TURNS: readonly Quality[] = ['good', 'plain', 'bad'];
const EVERY_MS = 150;
/** Older ones are deleted, or a long stream would be a test of etcd. */
const KEPT = 30;

/** `kubectl proxy`, so that any kubeconfig will do: the address of the API server for one user, without credentials. */
export async function openProxy(node: Node, user: readonly string[]): Promise<string> {
  const port = await freePort();
  const program = await locateTool('kubectl');
  const args = ['--kubeconfig', node.kubeconfig, ...user, 'proxy', `--port=${port}`];
  const proxy = await start(program, args);
  const address = `http://127.0.0.1:${port}`;
  await eventually('kubectl proxy answers', async () => {
    if (proxy.exitCode() !== undefined) throw new Error(proxy.output());
    return (await fetch(`${address}/version`)).ok;
  });
  return address;
}

/** Sends to a namespace, through the proxy. */
export function startStream(proxy: string, namespace: string, image: string): Stream {
  const tally = new Tally();
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  const run = async (): Promise<void> => {
    const created: string[] = [];
    const prefix = `stream-${Date.now().toString(36)}`;
    for (let turn = 0; !stopped.signal.aborted; turn += 1) {
      const quality = TURNS[turn % TURNS.length] as Quality;
      const name = `${prefix}-${turn}`;
      const sent = apply(proxy, namespace, { name, quality, image }).then(([outcome, detail]) => {
        tally.count(outcome, `${new Date().toISOString()} ${quality}: ${detail}`);
        if (outcome === 'stored' || outcome === 'mutated' || outcome === 'missed') created.push(name);
      });
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
      if (created.length > KEPT) void remove(proxy, namespace, created.shift() as string);
      await wait(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    await Promise.all(underWay);
    await Promise.all(created.map((name) => remove(proxy, namespace, name)));
  };
  const ended = run();
  return {
    tally,
    stop: async () => {
      stopped.abort();
      await ended;
      return tally;
    },
  };
}

interface Sent {
  readonly name: string;
  readonly quality: Quality;
  readonly image: string;
}

const deploymentPath = (namespace: string, name: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

/** Applies one from the server's side, and says what came of it. */
async function apply(proxy: string, namespace: string, sent: Sent): Promise<readonly [Outcome, string]> {
  const body = JSON.stringify(workload({ kind: 'Deployment', replicas: 0, ...sent }));
  try {
    const response = await fetch(`${proxy}${deploymentPath(namespace, sent.name)}?fieldManager=stream`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return [outcomeOf(sent.quality, response.status, text), `${response.status} ${text.slice(0, 400)}`];
  } catch (error) {
    return ['unreachable', String(error)];
  }
}

/** A denial is one of ours only where it lists findings; "failed calling webhook" is our failure whatever its status. */
export function outcomeOf(quality: Quality, status: number, text: string): Outcome {
  if (text.includes('failed calling webhook')) return 'failed';
  if (status === 502 || status === 503 || status === 429 || isStarting(text)) return 'unreachable';
  const isDenial = status === 403 && text.includes('denied the request');
  if (quality === 'bad') return isDenial ? 'denied' : status < 300 ? 'missed' : 'failed';
  if (status >= 300) return 'failed';
  if (quality === 'good') return 'stored';
  return text.includes('"preStop"') ? 'mutated' : 'missed';
}

/** `kubectl proxy` had no answer, or one of an API server that has not read its roles yet. */
function isStarting(text: string): boolean {
  return /^(read|dial) tcp |\bEOF$|cannot patch resource/.test(text.trim());
}

async function remove(proxy: string, namespace: string, name: string): Promise<void> {
  await fetch(`${proxy}${deploymentPath(namespace, name)}`, { method: 'DELETE' })
    .then((response) => response.arrayBuffer())
    .catch(() => undefined);
}
