/**
 * Our static defaulting against the API server's: objects as people write them are created for a trial, and what comes back
 * must be what we made of the file, but for what the server does beside.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceKind } from '../../src/audit/kinds.ts';
import { readManifests } from '../../src/audit/manifests.ts';
import { parseQuantity } from '../../src/cel/library/quantity-parse.ts';
import { canonical, Quantity } from '../../src/cel/library/quantity-value.ts';
import type { Value } from '../../src/cel/value.ts';
import type { KubernetesObject } from '../../src/engine/decision.ts';
import { withDefaults } from '../../src/engine/object/defaults.ts';
import { KIND_DEFAULTS } from '../../src/engine/object/defaults-table.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';

const FOREIGN = '../shared/manifests';

/** What the server does beside defaulting, by the path of a value. */
const BESIDE: readonly (readonly [path: RegExp, why: string])[] = [
  [/^metadata\.(uid|creationTimestamp|generation|managedFields|namespace|finalizers)/, 'bookkeeping'],
  [/^metadata\.annotations\.deprecated\.daemonset/, 'bookkeeping'],
  [/^(spec\.volumeClaimTemplates\[\d+\]\.)?status\./, 'the status that everything begins with'],
  [/^spec\.(serviceAccount|serviceAccountName|priority|preemptionPolicy)$/, 'admission plugins, on Pods'],
  [
    /^spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|healthCheckNodePort|ports\[\d+\]\.nodePort)/,
    'addresses of a Service',
  ],
  [
    /^(spec\.selector\.matchLabels|spec\.template\.metadata\.labels|metadata\.labels)\..*(controller-uid|job-name)$/,
    'a Job',
  ],
  [/^spec\.finalizers/, 'a Namespace'],
];

/** Fields that the server drops: unknown ones, and those of features that are off. */
const DROPPED = /resources\.(cpu|memory)$|lifecycle\.stopSignal$/;

/** What admission plugins add to the lists of a Pod. */
const ADDED = /^kube-api-access-|^node\.kubernetes\.io\/(not-ready|unreachable)$/;

/** In an image: something has filled it in before any server sees it, and we read it as if that had been done. */
const PLACEHOLDER = /"image":"[^"]*[<$]/;

function objectsIn(folder: string): readonly KubernetesObject[] {
  return globSync('**/*.{yaml,yml,json}', { cwd: join(REPOSITORY, folder) })
    .map((file) => ({ file, text: readFileSync(join(REPOSITORY, folder, file), 'utf8') }))
    .flatMap((file) => readManifests([file]).manifests)
    .map(({ object }) => object)
    .filter(({ apiVersion, kind }) => KIND_DEFAULTS.has(`${groupOf(String(apiVersion))}/${String(kind)}`))
    .filter((object) => !PLACEHOLDER.test(JSON.stringify(object)));
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Under a name that nothing in the cluster has, without what a client may not send. */
function placed(object: KubernetesObject): KubernetesObject {
  const { status: _, ...sent } = object;
  const { namespace: __, managedFields: ___, ...metadata } = object['metadata'] as KubernetesObject;
  return { ...sent, metadata: { ...metadata, name: 'trial' } };
}

/** The paths and values of all that is not empty: the server leaves out what is. Quantities in their shortest form. */
function leaves(value: Value | undefined, path = ''): readonly (readonly [string, Value])[] {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return [];
  if (typeof value !== 'object') return [[path, shortest(path, value)]];
  if (Array.isArray(value)) {
    const own = value.filter((item) => !ADDED.test(String(item?.name)) && !ADDED.test(String(item?.key)));
    return own.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  }
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

function shortest(path: string, value: Value): Value {
  const isAmount = /(limits|requests|hard|capacity|max|min|default|defaultRequest)\.[^[\]]+$/.test(path);
  const quantity = isAmount ? parseQuantity(String(value)) : undefined;
  return quantity instanceof Quantity ? canonical(quantity) : value;
}

function differences(ours: KubernetesObject, theirs: KubernetesObject): readonly string[] {
  const [mine, given] = [new Map(leaves(ours)), new Map(leaves(theirs))];
  return [...new Set([...mine.keys(), ...given.keys()])]
    .filter((path) => mine.get(path) !== given.get(path))
    .filter((path) => !(BESIDE.some(([beside]) => beside.test(path)) && !mine.has(path)))
    .filter((path) => !(DROPPED.test(path) && !given.has(path)))
    .map((path) => `${path}: ours ${JSON.stringify(mine.get(path))}, the server's ${JSON.stringify(given.get(path))}`);
}

let cluster: Cluster;
beforeAll(async () => {
  if (givenKubeconfig !== undefined) return;
  cluster = await startCluster();
  for (const name of ['default', 'builder']) await cluster.kubectl(['create', 'serviceaccount', name]);
});
afterAll(async () => cluster?.stop());

const agent = new Agent({ keepAlive: true });

/** What the server would store, or a Status that says why it does not. */
function created(object: KubernetesObject): Promise<KubernetesObject> {
  const { clusters, users } = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const apiVersion = String(object['apiVersion']);
  const { resource, namespaced } = resourceKind(apiVersion, String(object['kind']), false, new Map());
  const root = `${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${namespaced ? '/namespaces/default' : ''}`;
  const options = {
    method: 'POST',
    agent,
    ca: Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'),
    headers: { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' },
  };
  return new Promise((resolve, reject) => {
    const url = `${clusters[0].cluster.server}/${root}/${resource.resource}?dryRun=All`;
    const call = request(url, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
    });
    call.on('error', reject).end(JSON.stringify(object));
  });
}

describe.skipIf(givenKubeconfig !== undefined)(
  'what the API server fills in, we do (SKIPPED on a given cluster)',
  () => {
    it.each([
      ['test/cluster/fixtures', 0],
      ['policies', 0.05],
      ['docs', 0],
      [FOREIGN, 0.05],
    ])('%s', async (folder, refusable) => {
      if (folder === FOREIGN && !existsSync(join(REPOSITORY, folder))) return;
      const objects = objectsIn(folder).map(placed);
      const answers = await Promise.all(objects.map(created));
      const refused = answers.filter(({ kind }) => kind === 'Status').map(({ message }) => message);
      expect(refused.length, refused.join('\n')).toBeLessThanOrEqual(objects.length * refusable);
      const found = answers.flatMap((answer, index) => {
        const object = objects[index] as KubernetesObject;
        const wrong = answer['kind'] === 'Status' ? [] : differences(withDefaults(object), answer);
        return wrong.map((difference) => `${String(object['kind'])} ${difference}`);
      });
      expect(found).toEqual([]);
      expect(objects.length).toBeGreaterThan(0);
    });
  },
);
