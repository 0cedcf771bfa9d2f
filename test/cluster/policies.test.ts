/**
 * The pack's fixtures before a real API server: what people write in files and what the webhook sees of it, defaults
 * filled in, must come to the same verdict; and what a fix or a mutation makes of an object, the API must accept.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceKind } from '../../src/audit/kinds.ts';
import { decideWritten } from '../../src/audit/written.ts';
import { compilePolicy } from '../../src/engine/compile/policy.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Context, Decision, KubernetesObject, Patch, Request } from '../../src/engine/decision.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { applyPatch } from '../../src/engine/object/patch.ts';
import { pluralOf } from '../../src/engine/object/plural.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { readPolicyFolder } from '../../src/fixtures/cases.ts';
import { type FixtureRequest, readCluster } from '../../src/fixtures/cluster.ts';
import { policyIds, sourceOf } from '../support/policy-pack.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { EVERY_VERSION } from './control-plane.ts';
import { type ApiServer, connect, inParallel } from './differential/api-server.ts';
import { EPHEMERAL, REFUSED_BY_SERVER } from './refused.ts';
import { eventually } from './wait.ts';

const cases = policyIds().flatMap((id) =>
  readPolicyFolder(join(REPOSITORY, 'policies', id)).cases.map((fixture) => ({
    id,
    fixture,
    title: `${id} ${fixture.name}`,
  })),
);

/** Every namespace that an object of the fixtures lives in, but for those that every cluster has. */
const NAMESPACES = cases
  .flatMap(({ fixture }) => readCluster(fixture).requests)
  .map(({ request: { kind, namespace } }) => (kind.kind === 'Namespace' ? '' : (namespace ?? '')))
  .filter(
    (namespace, index, all) => all.indexOf(namespace) === index && !['', 'default', 'kube-system'].includes(namespace),
  );

/** What the fixtures' objects refer to; nothing else is ever created. */
const SETTING = NAMESPACES.map(
  (name): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
)
  .concat(['default', 'kube-system', ...NAMESPACES].map((namespace) => serviceAccount('default', namespace)))
  .concat([serviceAccount('builder', 'shop'), priorityClass('important', 1_000_000), priorityClass('batch', 1000)])
  .concat(customKind('acme.example', 'v1alpha1', 'Shop'));

function serviceAccount(name: string, namespace: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
}

function priorityClass(name: string, value: number): KubernetesObject {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
}

function customKind(group: string, version: string, kind: string): KubernetesObject {
  const plural = pluralOf(kind);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { kind, plural },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}

// The fixtures' namespaces and priority classes may mean something in a cluster that is not ours.
const lent = givenKubeconfig !== undefined;
function describeInOwn(title: string, body: () => void): void {
  describe.skipIf(lent)(`${title}${lent ? ' (SKIPPED: needs a cluster of its own)' : ''}`, body);
}

let cluster: Cluster;
let server: ApiServer;
beforeAll(async () => {
  if (lent) return;
  cluster = await startCluster(EVERY_VERSION);
  server = await connect(cluster.kubeconfig);
  // The API server makes them by itself, soon after it is ready.
  for (const name of ['default', 'kube-system']) await untilServed(`/api/v1/namespaces/${name}`);
  for (const object of SETTING) await server.must({ method: 'POST', path: pathOf(object), body: object });
  await untilServed('/apis/acme.example/v1alpha1/shops');
});
afterAll(async () => {
  server?.close();
  await cluster?.stop();
});

async function untilServed(path: string): Promise<void> {
  await eventually(`${path} is served`, async () => {
    const { code } = await server.call({ method: 'GET', path });
    return code === 200 ? code : undefined;
  });
}

/** The objects as the API server would store them, in their order; throws what it says where it refuses one. */
function defaulted(objects: readonly KubernetesObject[]): Promise<readonly KubernetesObject[]> {
  return inParallel(objects, async (object) => {
    const path = `${pathOf(object)}?dryRun=All&fieldValidation=Strict&fieldManager=kubectl-create`;
    const { code, body } = await server.call({ method: 'POST', path, body: placed(object) });
    if (code !== 201) throw new Error(`${code}: ${body['message'] ?? body['text']}`);
    return body as KubernetesObject;
  });
}

function pathOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const given = (metadata as KubernetesObject)['namespace'];
  const { resource, namespaced } = resourceKind(String(apiVersion), String(kind), given !== undefined, new Map());
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${root}${namespaced ? `/namespaces/${given ?? 'default'}` : ''}/${resource.resource}`;
}

/** A name that nothing in the cluster has, without what a client may not send. */
function placed(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object['metadata'] as KubernetesObject;
  const taken = SETTING.some((other) => other['kind'] === object['kind'] && nameOf(other).name === metadata['name']);
  return { ...object, metadata: taken ? { ...metadata, name: `${metadata['name']}-too` } : metadata };
}

/** Findings by their words: the API server sorts what a file says in any order, as the keys of a ConfigMap. */
function verdict({ findings, notJudged, failures }: Decision): unknown {
  const words = findings.map(({ rule, path, message }) => JSON.stringify({ rule, path, message }));
  return [words.sort(), notJudged, failures];
}

function setOf(
  id: string,
  settings: Parameters<typeof policySet>[1] & { policies: Readonly<Record<string, object>> },
): PolicySet {
  const source = sourceOf(id);
  const action = source.policy.spec.mutations ? 'Mutate' : 'Deny';
  const compiled = compilePolicy(source, { ...settings.policies[id], enforcement: { action } });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'));
  return policySet([compiled.policy], settings);
}

interface AdmittedRequest {
  readonly request: Request;
  readonly context: Context;
  readonly like: KubernetesObject;
}

/** The requests as the webhook gets them: the same, but with the objects that the API server made of the files. */
async function admitted(requests: readonly FixtureRequest[]): Promise<readonly AdmittedRequest[]> {
  const objects = await defaulted(requests.map(({ context }) => context.written));
  const before = requests.flatMap(({ request: { oldObject } }) => (oldObject ? [oldObject] : []));
  const oldObjects = [...(await defaulted(before))];
  return requests.map(({ request, context: { written: like, ...context } }, index) => {
    const object = renamed(objects[index], like);
    const oldObject = request.oldObject && renamed(oldObjects.shift(), request.oldObject);
    return { request: { ...request, object, oldObject }, context, like };
  });
}

function renamed(object: KubernetesObject | undefined, like: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...(object?.['metadata'] as object), ...nameOf(like) } };
}

function nameOf({ metadata }: KubernetesObject): { readonly name: string } {
  return { name: String((metadata as KubernetesObject)['name']) };
}

describeInOwn('an object comes to the same verdict as a file and before the webhook', () => {
  const judged = cases.filter(({ title, fixture }) => fixture.kind !== 'mutate' && !(title in REFUSED_BY_SERVER));

  it.each(judged)('$title', async ({ id, fixture }) => {
    const { requests, settings } = readCluster(fixture);
    const set = setOf(id, settings);
    const inFile = requests.map(({ request, context }) => verdict(decide(set, request, context)));
    const seen = await admitted(requests);
    expect(seen.map(({ request, context }) => verdict(decide(set, request, context)))).toEqual(inFile);
  });

  it.each(Object.entries(REFUSED_BY_SERVER))('%s is refused by the API: %s', async (title, message) => {
    const fixture = cases.find((one) => one.title === title)?.fixture;
    if (!fixture) throw new Error(`there is no case ${title}`);
    const answers = await Promise.allSettled(
      readCluster(fixture).requests.map(({ context }) => defaulted([context.written])),
    );
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []));
    expect(refused).not.toEqual([]);
    expect(refused.filter((said) => !said.includes(message))).toEqual([]);
  });
});

describeInOwn('the API accepts what a fix makes of an object', () => {
  it.each(cases.filter(({ title, fixture }) => fixture.kind === 'bad' && !(title in REFUSED_BY_SERVER)))(
    '$title',
    async ({ id, fixture }) => {
      const { requests, settings } = readCluster(fixture);
      const set = setOf(id, settings);
      const repaired = requests.flatMap(({ request, context }) =>
        decideWritten(set, request, context).findings.flatMap(({ fix }) => {
          const patched = fix ? applyPatch(context.written, fix) : undefined;
          return patched?.ok ? [patched.object as KubernetesObject] : [];
        }),
      );
      if (repaired.length > 0) await expect(defaulted(repaired)).resolves.toHaveLength(repaired.length);
    },
  );

  // One fix alone may leave the API something else to refuse, and a finding without a fix does.
  const refused = cases.filter(({ title }) => title in REFUSED_BY_SERVER && REFUSED_BY_SERVER[title] !== EPHEMERAL);

  it.each(refused)('$title, all fixes together', async ({ id, fixture }) => {
    const { requests, settings } = readCluster(fixture);
    const set = setOf(id, settings);
    const repaired = requests.flatMap(({ request, context }) => {
      const fixes = decideWritten(set, request, context).findings.map(({ fix }) => fix);
      return fixes.every((fix) => fix !== undefined) ? [allApplied(context.written, fixes)] : [];
    });
    if (repaired.length > 0) await expect(defaulted(repaired)).resolves.toHaveLength(repaired.length);
  });
});

function allApplied(object: KubernetesObject, fixes: readonly Patch[]): KubernetesObject {
  return fixes.reduce((fixed, fix) => {
    const patched = applyPatch(fixed, fix);
    if (!patched.ok) throw new Error(patched.message);
    return patched.object as KubernetesObject;
  }, object);
}

describeInOwn('the API accepts what a mutation makes of an object, and it is stable', () => {
  it.each(cases.filter(({ fixture }) => fixture.kind === 'mutate'))('$title', async ({ id, fixture }) => {
    const { requests, settings } = readCluster(fixture);
    const set = setOf(id, settings);
    const mutations = (await admitted(requests))
      .map((given) => ({ given, ...mutate(set, given.request, given.context) }))
      .filter(({ patch }) => patch.length > 0);
    if (mutations.length === 0) return;
    const stored = await defaulted(mutations.map(({ object }) => withoutServerFields(object as KubernetesObject)));
    for (const [index, { given }] of mutations.entries()) {
      const object = renamed(stored[index], given.like);
      expect(mutate(set, { ...given.request, object }, given.context).patch).toEqual([]);
    }
  });
});

/** Without what the API server generates for a new object, and takes from nobody. */
function withoutServerFields(object: KubernetesObject): KubernetesObject {
  const { uid: _uid, creationTimestamp: _time, ...metadata } = object['metadata'] as KubernetesObject;
  const { status: _status, ...rest } = object;
  const { kind, spec } = rest as { readonly kind?: string; readonly spec?: KubernetesObject };
  return { ...rest, metadata, ...(kind === 'Job' && { spec: withoutSelector(spec ?? {}) }) };
}

function withoutSelector({ selector: _, template, ...spec }: KubernetesObject): KubernetesObject {
  const { metadata, ...pod } = template as { readonly metadata?: KubernetesObject };
  const labels = Object.entries((metadata?.['labels'] ?? {}) as KubernetesObject);
  const own = labels.filter(([key]) => !/^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/.test(key));
  return { ...spec, template: { ...pod, metadata: { ...metadata, labels: Object.fromEntries(own) } } };
}
