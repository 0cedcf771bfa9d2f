/**
 * What `tidegate export` prints, in force in a real API server: for every fixture of the policies that can go, its verdict
 * and what it makes of the object are those of the webhook's engine.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/cel/value.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { decide } from '../../src/engine/decide.ts';
import type { KubernetesObject, Request } from '../../src/engine/decision.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { withDefaults } from '../../src/engine/object/defaults.ts';
import { diff } from '../../src/engine/object/diff.ts';
import { applyPatch } from '../../src/engine/object/patch.ts';
import type { NativeResource } from '../../src/export/document.ts';
import { type ExportOptions, exportPolicies } from '../../src/export/export.ts';
import { readPolicyFolder } from '../../src/fixtures/cases.ts';
import { readCluster } from '../../src/fixtures/cluster.ts';
import { MUTATIONS, REQUESTS, SETS } from '../export/cases.ts';
import { type Asked, byController, denialsOf, isExempt, strictly } from '../export/exported.ts';
import { contextOf, setOf } from '../support/policies.ts';
import { policyIds } from '../support/policy-pack.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { type Answer, type ApiServer, type Call, connect } from './differential/api-server.ts';
import { create, untilInForce } from './differential/in-force.ts';
import { REFUSED_BY_SERVER } from './refused.ts';

/** Keeps the policies of one case from the objects of the others. */
const LABEL = 'tidegate.dev/case';

/** Requests of test/export/cases.ts that an API server takes. */
const VALID = [
  'a Deployment',
  'a scaled Deployment',
  'a Deployment with another label',
  'a Deployment with another template',
  'a Pod',
  'another Pod',
  'a Pod of a ReplicaSet',
  'a Pod of a ReplicaSet, by its controller',
  'a Pod that claims to be of a ReplicaSet, by a program',
  'a Pod of an operator, by the operator',
];

/** Failed expressions are told in other words. */
const WITHOUT_ERRORS = Object.entries(SETS).filter(([title]) => title !== 'errors' && title !== 'all together');

const made = [...WITHOUT_ERRORS, ['mutations', MUTATIONS] as const].map(([title, policies]) => ({
  title,
  set: setOf(policies),
  requests: VALID.map((name) => ({ request: REQUESTS[name] as Request, context: contextOf() })),
}));

const ofPack = policyIds()
  .flatMap((id) => readPolicyFolder(join(REPOSITORY, 'policies', id)).cases.map((fixture) => ({ id, fixture })))
  .map(({ id, fixture }) => ({ id, title: `${id} ${fixture.name}`, ...readCluster(fixture) }))
  .filter(({ title }) => !(title in REFUSED_BY_SERVER))
  .map(({ id, title, settings, requests }) => ({
    title,
    set: strictly(id, settings),
    requests: requests.map(byController).filter(({ request }) => !isExempt(request)),
  }));

const cases = [...made, ...ofPack]
  .map((one, index) => ({ ...one, index, exported: exportPolicies(one.set.policies, optionsOf(one.set)) }))
  .filter(({ exported }) => exported.obstacles.length === 0);

function optionsOf({ excludedNamespaces }: PolicySet): ExportOptions {
  return { excludedNamespaces: [...excludedNamespaces], kubernetesVersion: '1.36' };
}

type Case = (typeof cases)[number];

const lent = givenKubeconfig !== undefined;
const title = 'the API server says of an exported policy what we say of the policy';

let cluster: Cluster;
let server: ApiServer;
/** What the API server makes of each request before any policy is there, and of its old object. */
const before = new Map<Asked, Answer>();
const stored = new Map<Asked, KubernetesObject>();

describe.skipIf(lent)(`${title}${lent ? ' (SKIPPED: needs a cluster of its own)' : ''}`, () => {
  beforeAll(async () => {
    cluster = await startCluster();
    server = await connect(cluster.kubeconfig);
    await furnish();
    for (const one of cases) for (const given of one.requests) before.set(given, await ask(one, given));
    const documents = cases.flatMap((one) => one.exported.documents.map((document) => only(one, document)));
    const answers = await create(server, 1, documents);
    expect(answers.filter(({ code }) => code !== 201).map(({ body }) => body['message'])).toEqual([]);
    await untilInForce(server, 2);
  });
  afterAll(async () => {
    server?.close();
    await cluster?.stop();
  });

  it.each(cases)('$title', async (one) => {
    for (const given of one.requests) {
      const { body, code } = before.get(given) as Answer;
      expect([code, body['message']]).toEqual([given.request.oldObject ? 200 : 201, undefined]);
      const request = { ...given.request, object: body as KubernetesObject, oldObject: stored.get(given) ?? null };
      const told = denialsOf(decide(one.set, request, given.context));
      const denied = told.filter((text) => text.startsWith('Deny: ')).map((text) => text.replace('Deny: ', ''));
      const answer = await ask(one, given);
      const warnings = answer.warnings.filter((text) => text.startsWith('Validation failed for'));
      expect(warnings.map((text) => text.replace(/^.*?' with binding '.*?': /, 'Warn: ')).sort()).toEqual(
        told.filter((text) => text.startsWith('Warn: ')),
      );
      if (denied.length > 0) {
        expect(denied).toContain(String(answer.body['message']).replace(/^.* denied request: /s, ''));
        continue;
      }
      expect([answer.code, answer.body['message']]).toEqual([code, undefined]);
      // The defaults of what a mutation adds come after it.
      const mutated = withDefaults(mutate(one.set, request, given.context).object as KubernetesObject);
      expect(steady(answer.body)).toEqual(steady(mutated));
    }
  });
});

async function furnish(): Promise<void> {
  const requests = cases.flatMap((one) => one.requests.map((given) => ({ one, given })));
  for (const [name, labels] of namespacesOf(requests.map(({ given }) => given))) {
    await server.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name, labels } } });
    const path = `/api/v1/namespaces/${name}/serviceaccounts`;
    await server.call({ method: 'POST', path, body: { metadata: { name: 'default' } } });
  }
  for (const { one, given } of requests) {
    const { oldObject } = given.request;
    if (!oldObject) continue;
    const body = placed(one, given, oldObject);
    stored.set(given, (await server.must({ method: 'POST', path: pathOf(given), body })) as KubernetesObject);
  }
}

/** The labels of every namespace that the requests need, as the fixtures write them. */
function namespacesOf(requests: readonly Asked[]): ReadonlyMap<string, JsonMap> {
  const labels = new Map<string, JsonMap>([['default', {}]]);
  for (const { request, context } of requests) {
    if (!request.namespace) continue;
    const metadata = context.namespace?.['metadata'] as JsonMap | undefined;
    labels.set(request.namespace, { ...labels.get(request.namespace), ...(metadata?.['labels'] as JsonMap) });
  }
  return labels;
}

/** The request of a fixture as a dry run. */
function ask(one: Case, given: Asked): Promise<Answer> {
  const body = bodyOf(one, given);
  const { name } = body['metadata'] as { readonly name: string };
  const path = given.request.oldObject ? `${pathOf(given)}/${name}` : pathOf(given);
  return server.call({
    method: given.request.oldObject ? 'PUT' : 'POST',
    path: `${path}?dryRun=All`,
    body,
    as: asOf(given),
  });
}

/** What is sent: an update is what the fixture changes, of the object as it is stored. */
function bodyOf(one: Case, given: Asked): JsonMap {
  const { object, oldObject } = given.request;
  const after = placed(one, given, object as KubernetesObject);
  if (!oldObject) return after;
  const patched = applyPatch(stored.get(given) ?? null, diff(placed(one, given, oldObject), after));
  if (!patched.ok) throw new Error(patched.message);
  return patched.object as JsonMap;
}

function asOf({ request: { userInfo } }: Asked): NonNullable<Call['as']> {
  return { user: String(userInfo['username']), groups: ['system:masters'], id: 'export' };
}

function pathOf({ request: { resource, namespace } }: Asked): string {
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
  // A Namespace is in itself, to a webhook, and in none, to the API.
  const place = resource.resource === 'namespaces' ? '' : `/namespaces/${namespace}`;
  return `${root}/${resource.version}${place}/${resource.resource}`;
}

/** Under a name of its own, with the label of its case. */
function placed(one: Case, given: Asked, object: KubernetesObject): JsonMap {
  const { managedFields: _, resourceVersion: _version, ...metadata } = object['metadata'] as KubernetesObject;
  const labels = { ...(metadata['labels'] as JsonMap), [LABEL]: String(one.index) };
  const name = `${metadata['name']}-${one.index}-${one.requests.indexOf(given)}`;
  return { ...object, metadata: { ...metadata, name, labels } };
}

/** The document under a name of its own; a binding for the objects of its case. */
function only({ index }: Case, { metadata, spec, ...document }: NativeResource): JsonMap {
  const renamed = { ...document, metadata: { ...metadata, name: `${metadata.name}-${index}` } };
  if (!('policyName' in spec)) return { ...renamed, spec } as unknown as JsonMap;
  const matchResources = { objectSelector: { matchLabels: { [LABEL]: String(index) } } };
  return {
    ...renamed,
    spec: { ...spec, policyName: `${spec.policyName}-${index}`, matchResources },
  } as unknown as JsonMap;
}

/** Without what is new in every answer. */
function steady(object: KubernetesObject | null): unknown {
  const { metadata, status: _, ...rest } = object ?? {};
  const { labels, annotations, name } = metadata as JsonMap;
  const text = JSON.stringify({ ...rest, metadata: { labels, annotations, name } });
  return JSON.parse(text.replaceAll(/kube-api-access-\w{5}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'by chance'));
}
