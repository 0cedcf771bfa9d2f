/** What `tidegate fix` writes, before a real API server: it must take every object that it took before, and the findings must be gone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFiles, readFiles } from '../../src/audit/files.ts';
import { givenObjects } from '../../src/audit/given-objects.ts';
import { customKinds } from '../../src/audit/kinds.ts';
import { requestOf } from '../../src/audit/request.ts';
import { decide } from '../../src/engine/decide.ts';
import type { KubernetesObject, Request } from '../../src/engine/decision.ts';
import { fix } from '../../src/fix/fix.ts';
import type { Scene, SceneObject } from '../../src/fix/scene.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';

const FOLDERS = ['docs/examples', '../shared/manifests'];
const NOW = Date.now();
const set = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog.current();

// The namespaces of the files may mean something in a cluster that is not ours.
const lent = givenKubeconfig !== undefined;

let cluster: Cluster;
beforeAll(async () => {
  if (!lent) cluster = await startCluster();
});
afterAll(async () => cluster?.stop());

/** Namespaces and their default ServiceAccounts, without which no Pod is taken. */
async function createNamespaces(scene: Scene): Promise<void> {
  const names = new Set(scene.objects.flatMap(({ outcome }) => outcome.namespace ?? []));
  const items = [...names].flatMap((name) => [
    ...(name === 'default' ? [] : [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
  ]);
  // Another folder may have had the same ones.
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** The object as the API server would store it; undefined, with its reason, where it takes it not. */
async function stored({
  manifest,
}: SceneObject): Promise<{ readonly object?: KubernetesObject; readonly reason: string }> {
  const flags = ['--dry-run=server', '--validate=strict', '-o', 'json', '-f', '-'];
  const { source } = manifest;
  // The very text that was written, wherever the document is one object.
  const text = source.path.length === 0 ? source.text : JSON.stringify(manifest.object);
  const { code, stdout, stderr } = await cluster.kubectl(['create', ...flags], text);
  return code === 0 ? { object: JSON.parse(stdout) as KubernetesObject, reason: '' } : { reason: stderr };
}

describe.each(FOLDERS)('the fixes of %s', (folder) => {
  const path = join(REPOSITORY, folder);
  const isThere = existsSync(path);
  const reason = lent ? 'needs a cluster of its own' : `there is no ${folder}`;

  it.skipIf(lent || !isThere)(
    `are accepted, and clear their findings${lent || !isThere ? ` (SKIPPED: ${reason})` : ''}`,
    async () => {
      const inputs = [...readFiles(findFiles([path]).files, [])];
      const fixed = fix({ inputs, set, beside: { now: NOW }, wanted: () => 'now', mutations: set, templates: false });
      await createNamespaces(fixed.before);
      const requests = requestsOf(fixed.after);
      const lookup = givenObjects(requests);
      const changed = fixed.after.objects.flatMap((after, at) => {
        const before = fixed.before.objects[at] as SceneObject;
        return before.manifest.source.text === after.manifest.source.text ? [] : [{ at, before, after }];
      });
      expect(changed.length).toBeGreaterThan(3);
      const worse: string[] = [];
      let accepted = 0;
      for (const { at, before, after } of changed) {
        const now = await stored(after);
        if (now.object === undefined) {
          if ((await stored(before)).object) worse.push(`${after.manifest.file} ${after.outcome.name}: ${now.reason}`);
          continue;
        }
        accepted++;
        const request = requests[at] as Request;
        const context = { namespace: lookup.namespaceOf(request), lookup, now: NOW };
        const seen = decide(set, { ...request, object: now.object }, context).findings.map((one) => one.fingerprint);
        const left = new Set(after.outcome.findings.map(({ fingerprint }) => fingerprint));
        const gone = before.outcome.findings.map(({ fingerprint }) => fingerprint).filter((one) => !left.has(one));
        worse.push(...gone.filter((one) => seen.includes(one)));
      }
      expect(worse).toEqual([]);
      expect(accepted).toBeGreaterThan(3);
    },
  );
});

function requestsOf({ objects }: Scene): readonly Request[] {
  const custom = customKinds(objects.map(({ manifest }) => manifest.object));
  return objects.map(({ manifest }) => requestOf(manifest, custom));
}
