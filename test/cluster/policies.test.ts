/**
 * The pack's fixtures before a real API server: what people write in files and what the webhook sees of it, defaults
 * filled in, must come to the same verdict; and what a fix or a mutation makes of an object, the API must accept.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideWritten } from '../../src/audit/written.ts';
import { compilePolicy } from '../../src/engine/compile/policy.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Context, Decision, KubernetesObject, Patch, Request } from '../../src/engine/decision.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { applyPatch } from '../../src/engine/object/patch.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { readPolicyFolder } from '../../src/fixtures/cases.ts';
import { type FixtureRequest, readCluster } from '../../src/fixtures/cluster.ts';
import { policyIds, sourceOf } from '../support/policy-pack.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { expectOutput } from './kubectl.ts';
import { EPHEMERAL, REFUSED_BY_SERVER } from './refused.ts';

/** What the fixtures' Pods refer to; nothing else is ever created. */
const NAMESPACES = ['shop', 'shop-dev', 'blog', 'payments', 'sandbox'];
const SETTING = [...NAMESPACES, 'elsewhere']
  .map((name): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
  .concat(['default', ...NAMESPACES].map((namespace) => serviceAccount('default', namespace)))
  .concat([serviceAccount('builder', 'shop'), priorityClass('important', 1_000_000), priorityClass('batch', 1000)]);

function serviceAccount(name: string, namespace: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
}

function priorityClass(name: string, value: number): KubernetesObject {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
}

// The fixtures' namespaces and priority classes may mean something in a cluster that is not ours.
const lent = givenKubeconfig !== undefined;
function describeInOwn(title: string, body: () => void): void {
  describe.skipIf(lent)(`${title}${lent ? ' (SKIPPED: needs a cluster of its own)' : ''}`, body);
}

let cluster: Cluster;
beforeAll(async () => {
  if (lent) return;
  cluster = await startCluster();
  await cluster.kubectl(['create', '-f', '-'], asList(SETTING));
});
afterAll(async () => cluster?.stop());

function asList(items: readonly KubernetesObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** The objects as the API server would store them, in their order; throws where it refuses one. */
async function defaulted(
  objects: readonly KubernetesObject[],
  ...flags: readonly string[]
): Promise<readonly KubernetesObject[]> {
  // A fixture may spell out requests, and hold no object beside them.
  if (objects.length === 0) return [];
  const create = ['create', '--dry-run=server', '--show-managed-fields', '-o', 'json', '-f', '-', ...flags];
  const printed = await expectOutput(cluster.kubectl, create, asList(objects.map(placed)));
  return JSON.parse(`[${printed.replaceAll('\n}\n{', '\n},\n{')}]`);
}

/** A name that nothing in the cluster has, without what a client may not send. */
function placed(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object['metadata'] as KubernetesObject;
  const taken = SETTING.some((other) => other['kind'] === object['kind'] && nameOf(other).name === metadata['name']);
  return { ...object, metadata: taken ? { ...metadata, name: `${metadata['name']}-too` } : metadata };
}

function verdict({ findings, notJudged, failures }: Decision): unknown {
  return [findings.map(({ rule, path, message }) => ({ rule, path, message })), notJudged, failures];
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

const cases = policyIds().flatMap((id) =>
  readPolicyFolder(join(REPOSITORY, 'policies', id)).cases.map((fixture) => ({
    id,
    fixture,
    title: `${id} ${fixture.name}`,
  })),
);

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
    for (const { context } of readCluster(fixture).requests) {
      // The API server's own word, not that of kubectl.
      await expect(defaulted([context.written], '--validate=false')).rejects.toThrow(message);
    }
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

function withoutServerFields(object: KubernetesObject): KubernetesObject {
  const { uid: _uid, creationTimestamp: _time, ...metadata } = object['metadata'] as KubernetesObject;
  const { status: _status, ...rest } = object;
  return { ...rest, metadata };
}
