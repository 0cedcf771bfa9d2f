/** Puts policies in force and out of it, and knows when: the API server follows its watches within a second or two. */
import type { JsonMap } from '../../../src/cel/value.ts';
import { eventually } from '../wait.ts';
import { type Answer, type ApiServer, inParallel } from './api-server.ts';
import { GROUP } from './kinds.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const LABEL = `${GROUP}/batch`;

const COLLECTIONS = [
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'mutatingadmissionpolicies',
] as const;

/** The answer to the creation of each policy or binding, in their order; policies come before any binding. */
export async function create(
  server: ApiServer,
  batch: number,
  objects: readonly JsonMap[],
): Promise<readonly Answer[]> {
  const answers = new Map<JsonMap, Answer>();
  for (const binding of [false, true]) {
    const some = objects.filter((object) => String(object['kind']).endsWith('Binding') === binding);
    await inParallel(some, async (object) => {
      const body = { ...object, metadata: { ...(object['metadata'] as JsonMap), labels: { [LABEL]: `${batch}` } } };
      answers.set(object, await server.call({ method: 'POST', path: `${ROOT}/${resourceOf(object)}`, body }));
    });
  }
  return objects.map((object) => answers.get(object) as Answer);
}

export async function remove(server: ApiServer, batch: number): Promise<void> {
  for (const collection of COLLECTIONS) {
    await server.must({ method: 'DELETE', path: `${ROOT}/${collection}?labelSelector=${LABEL}=${batch}` });
  }
}

/**
 * Returns when all that was created and removed before has come into force. Two policies that are created last, and
 * seen to act, prove it: the API server takes the changes of each kind in their order.
 */
export async function untilInForce(server: ApiServer, batch: number): Promise<void> {
  const name = `marker-${batch}`;
  const answers = await create(server, batch, [...validatingMarker(name), ...mutatingMarker(name)]);
  const refused = answers.find(({ code }) => code !== 201);
  if (refused) throw new Error(`a marker was refused: ${JSON.stringify(refused.body)}`);
  const wait = { timeoutMs: 60_000, everyMs: 25 };
  const ask = (suffix: string): Promise<Answer> =>
    server.call({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps?dryRun=All',
      body: configMap(`${name}-${suffix}`),
    });
  await eventually('validating policies are in force', async () => (await ask('validating')).code === 422, wait);
  await eventually('mutating policies are in force', async () => 'data' in (await ask('mutating')).body, wait);
}

function resourceOf({ kind }: JsonMap): string {
  const name = String(kind).toLowerCase();
  return name.endsWith('policy') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

function configMap(name: string): JsonMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
}

function validatingMarker(name: string): readonly JsonMap[] {
  return marker('Validating', name, {
    policy: { validations: [{ expression: 'false' }] },
    binding: { validationActions: ['Deny'] },
  });
}

function mutatingMarker(name: string): readonly JsonMap[] {
  const expression = 'Object{data: {"marked": "yes"}}';
  const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }];
  return marker('Mutating', name, {
    policy: { failurePolicy: 'Fail', reinvocationPolicy: 'Never', mutations },
    binding: {},
  });
}

function marker(
  door: 'Validating' | 'Mutating',
  name: string,
  { policy, binding }: { readonly policy: JsonMap; readonly binding: JsonMap },
): readonly JsonMap[] {
  const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] };
  const matchConstraints = { resourceRules: [{ ...rule, resourceNames: [`${name}-${door.toLowerCase()}`] }] };
  const typed = (suffix: string) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${door}AdmissionPolicy${suffix}`,
    metadata: { name },
  });
  return [
    { ...typed(''), spec: { matchConstraints, ...policy } },
    { ...typed('Binding'), spec: { policyName: name, ...binding } },
  ];
}
