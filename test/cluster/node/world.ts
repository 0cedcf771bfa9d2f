/** What all scenarios share: the node, the installation on it, a user with a namespace, and what became of what was sent. */
import { expectHelm } from '../helm.ts';
import { expectOutput, type KubectlResult } from '../kubectl.ts';
import { eventually } from '../wait.ts';
import { type Node, startNode } from './node.ts';
import { openProxy, outcomeOf, type Stream, startStream } from './stream.ts';
import { Tally } from './tally.ts';
import { type WorkloadOptions, workload } from './workload.ts';

export const RELEASE = 'tidegate';
export const SYSTEM = 'tidegate-system';
export const SHOP = 'shop';
/** As kubectl is called by a developer. */
export const USER_OF_SHOP = ['--as=alice', '--as-group=shop-developers', '--as-group=system:authenticated'];

export interface World {
  readonly node: Node;
  /** Of everything that was sent for the user. */
  readonly total: Tally;
  /** kubectl as an administrator; throws where it fails. */
  admin(...args: readonly string[]): Promise<string>;
  /** The same, with something on its standard input. */
  adminWith(input: object, ...args: readonly string[]): Promise<string>;
  /** An object, as it is stored. */
  get(...args: readonly string[]): Promise<Stored>;
  /** kubectl in the hands of a developer of the shop, in its namespace, whatever comes of it. */
  user(...args: readonly string[]): Promise<KubectlResult>;
  /** `kubectl apply` of a workload by the developer, counted. */
  apply(options: Omit<WorkloadOptions, 'image'>, ...flags: readonly string[]): Promise<KubectlResult>;
  /** helm on our release; throws where it fails. */
  helm(command: string, ...args: readonly string[]): Promise<string>;
  stream(): Stream;
  /** Ready pods of the installation, by name. */
  replicas(): Promise<readonly Stored[]>;
  /** Waits for two ready replicas of the present revision and nothing else, and for filled webhooks. */
  settled(): Promise<void>;
}

/** What kubectl prints in JSON: no type of ours describes all of it. */
export type Stored = ReturnType<typeof JSON.parse>;

/** A node with the user's namespace on it, and nothing of ours. */
export async function openWorld(): Promise<World> {
  const node = await startNode();
  const total = new Tally();
  const admin: World['admin'] = (...args) => expectOutput(node.kubectl, args);
  const get: World['get'] = async (...args) => JSON.parse(await admin('get', '-o', 'json', ...args));
  await admin('create', 'namespace', SHOP);
  await admin('create', 'rolebinding', 'developers', '-n', SHOP, '--clusterrole=edit', '--group=shop-developers');
  const proxy = await openProxy(node, USER_OF_SHOP);
  const user = (args: readonly string[], input?: string) => node.kubectl([...USER_OF_SHOP, '-n', SHOP, ...args], input);
  const world: World = {
    node,
    total,
    admin,
    adminWith: (input, ...args) => expectOutput(node.kubectl, args, JSON.stringify(input)),
    get,
    user: (...args) => user(args),
    apply: async (options, ...flags) => {
      const object = workload({ image: node.images.shop, ...options });
      const result = await user(['apply', '-o', 'json', ...flags, '-f', '-'], JSON.stringify(object));
      const outcome = outcomeOf(options.quality, result.code === 0 ? 200 : 403, result.stdout + result.stderr);
      total.count(outcome, `${options.quality} ${options.kind} ${options.name}: ${result.stderr}`);
      return result;
    },
    helm: (command, ...args) => expectHelm(node.helm, [command, RELEASE, ...args, '-n', SYSTEM]),
    stream: () => countedIn(total, startStream(proxy, SHOP, node.images.shop)),
    replicas: async () => (await get('pods', '-n', SYSTEM, '-l', SELECTOR)).items.filter(isReady),
    settled: () => settled(world),
  };
  return world;
}

const SELECTOR = `app.kubernetes.io/instance=${RELEASE}`;

function isReady({ metadata, status }: Stored): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return (status.conditions ?? []).some((each: Stored) => each.type === 'Ready' && each.status === 'True');
}

function countedIn(total: Tally, stream: Stream): Stream {
  return {
    tally: stream.tally,
    stop: async () => {
      const tally = await stream.stop();
      total.add(tally);
      return tally;
    },
  };
}

async function settled(world: World): Promise<void> {
  await world.admin('rollout', 'status', `deployment/${RELEASE}`, '-n', SYSTEM, '--timeout=120s');
  await eventually(
    'two replicas answer',
    async () => {
      const pods = (await world.get('pods', '-n', SYSTEM, '-l', SELECTOR)).items;
      return pods.length === 2 && pods.every(isReady) && (await webhooks(world)).includes('validate.tidegate.dev');
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
}

/** Names of the webhooks in our two configurations. */
export async function webhooks({ get }: World): Promise<readonly string[]> {
  const kinds = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];
  const found = await Promise.all(kinds.map((kind) => get(kind, RELEASE)));
  return found.flatMap(({ webhooks = [] }) => webhooks.map(({ name }: Stored) => name));
}

/** Arguments for `helm install` and `upgrade`: none on our own node, whose images have the chart's names. */
export function imageValues(image: string, isDefault: boolean): readonly string[] {
  if (isDefault) return [];
  const at = image.lastIndexOf(':');
  return [`--set=image.repository=${image.slice(0, at)}`, `--set=image.tag=${image.slice(at + 1)}`];
}
