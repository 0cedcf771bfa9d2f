/** What stands in the cluster before any case: definitions, parameters, and a furnished namespace for every slot. */
import type { JsonMap } from '../../../src/cel/value.ts';
import type { KubernetesObject, Lookup } from '../../../src/engine/decision.ts';
import { eventually } from '../wait.ts';
import { type ApiServer, inParallel } from './api-server.ts';
import { DEFINITIONS } from './definitions.ts';
import { GROUP, KINDS, type Kind, objectOf, pathOf } from './kinds.ts';
import { randomOf } from './random.ts';

/** Cases of a batch; a batch is judged in one half of the slots while the other half has no policy. */
export const BATCH = 80;
export const SLOTS = 2 * BATCH;

/** Where parameters are that no namespace of a case has. */
export const PARAMETERS = 'parameters';

/** The names of the params that `set: one` selects. */
export const SET_ONE = ['first', 'second'];

/** The live object of every kind in a slot. */
export const LIVE = 'live';

export interface World {
  namespace(slot: number): KubernetesObject;
  live(slot: number, kind: Kind): KubernetesObject;
  /** All parameter objects, and the definitions. */
  readonly lookup: Lookup;
}

export function namespaceName(slot: number): string {
  return `slot-${slot}`;
}

/** Puts it all there; the same for the same seed. */
export async function furnish(server: ApiServer, seed: string, slots: readonly number[]): Promise<World> {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await inParallel(DEFINITIONS, (body) => server.must({ method: 'POST', path: definitions, body }));
  const namespaces = [namespaceObject(PARAMETERS, {}), ...slots.map((slot) => slotNamespace(seed, slot))];
  const stored = await inParallel(namespaces, (body) =>
    server.must({ method: 'POST', path: '/api/v1/namespaces', body }),
  );
  await eventually('custom resources are served', async () => {
    const { code } = await server.call({ method: 'GET', path: `/apis/${GROUP}/v1/standards` });
    return code === 200 && (await server.call({ method: 'GET', path: `/apis/${GROUP}/v1/widgets` })).code === 200;
  });
  const parameters = await inParallel(parameterObjects(seed, slots), (one) => create(server, one));
  const live = new Map<string, KubernetesObject>();
  await inParallel(slots, async (slot) => {
    for (const object of liveObjects(seed, slot)) {
      live.set(`${slot} ${object['kind']}`, await create(server, object));
    }
  });
  const byName = new Map(stored.map((one) => [nameOf(one), one]));
  return {
    namespace: (slot) => byName.get(namespaceName(slot)) as KubernetesObject,
    live: (slot, kind) => (kind.namespaced ? live.get(`${slot} ${kind.name}`) : byName.get(namespaceName(slot))) ?? {},
    lookup: lookupOf([...parameters, ...live.values(), ...DEFINITIONS]),
  };
}

function create(server: ApiServer, object: JsonMap): Promise<JsonMap> {
  return server.must({ method: 'POST', path: collectionOf(object), body: object });
}

const OTHERS: readonly Kind[] = ['Limit', 'Standard', 'ServiceAccount'].map((name) => ({
  name: name as Kind['name'],
  group: name === 'ServiceAccount' ? '' : GROUP,
  version: 'v1',
  resource: `${name.toLowerCase()}s`,
  namespaced: name !== 'Standard',
  subresources: [],
}));

function collectionOf(object: JsonMap): string {
  const kind = [...KINDS, ...OTHERS].find((one) => one.name === object['kind']) as Kind;
  return pathOf(kind, namespaceOf(object));
}

function slotNamespace(seed: string, slot: number): JsonMap {
  const random = randomOf(`${seed} namespace ${slot}`);
  return namespaceObject(namespaceName(slot), {
    slot: String(slot),
    ...(random.chance(0.7) && { env: random.pick(['prod', 'dev']) }),
    ...(random.chance(0.5) && { team: random.pick(['red', 'blue']) }),
  });
}

function namespaceObject(name: string, labels: JsonMap): JsonMap {
  const annotations = { note: `about ${name}` };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } };
}

function liveObjects(seed: string, slot: number): readonly JsonMap[] {
  const namespace = namespaceName(slot);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  const random = randomOf(`${seed} live ${slot}`);
  const kinds = KINDS.filter((kind) => kind.namespaced);
  return [account, ...kinds.map((kind) => objectOf(random, kind, namespace, LIVE))];
}

/** By name: `first`, `second`, `third`; by label: `set: one` has two of them, `set: two` one. */
function parameterObjects(seed: string, slots: readonly number[]): readonly JsonMap[] {
  const random = randomOf(`${seed} parameters`);
  return ['first', 'second', 'third'].flatMap((name, index) => {
    const labels = { set: SET_ONE.includes(name) ? 'one' : 'two' };
    const data = {
      max: String(2 + index),
      name: random.pick(['web', 'live', 'x']),
      ...(index > 0 && { modes: 'a,b' }),
    };
    const spec = { max: 1 + 2 * index, ...(index < 2 && { name: 'web' }), modes: ['a', 'b'], factor: 1.5 };
    const custom = { apiVersion: `${GROUP}/v1`, spec };
    const namespaced = [PARAMETERS, ...(index === 0 ? slots.filter((slot) => slot % 2 === 0).map(namespaceName) : [])];
    return [
      { ...custom, kind: 'Standard', metadata: { name, labels } },
      ...namespaced.flatMap((namespace) => [
        { ...custom, kind: 'Limit', metadata: { name, namespace, labels } },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data },
      ]),
    ];
  });
}

/** Only kinds that are here can be looked up: of any other nobody knows anything, as without a watch on it. */
function lookupOf(objects: readonly KubernetesObject[]): Lookup {
  const byKind = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    const key = `${object['apiVersion']} ${String(object['kind']).toLowerCase()}s`;
    byKind.set(key, [...(byKind.get(key) ?? []), object]);
  }
  return {
    list: (apiVersion, resource, namespace) =>
      byKind.get(`${apiVersion} ${resource}`)?.filter((one) => namespace === '' || namespaceOf(one) === namespace),
    get: (apiVersion, resource, namespace, name) => {
      const all = byKind.get(`${apiVersion} ${resource}`);
      return all && (all.find((one) => nameOf(one) === name && namespaceOf(one) === namespace) ?? null);
    },
  };
}

function nameOf(object: JsonMap): string {
  return (object['metadata'] as { readonly name: string }).name;
}

function namespaceOf(object: JsonMap): string {
  return (object['metadata'] as { readonly namespace?: string }).namespace ?? '';
}
