import { describe, expect, it } from 'vitest';
import { readManifests } from './manifests.ts';

const PATCH = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n';
const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n';

const read = (kustomization: string, name = 'kustomization.yaml') =>
  readManifests([
    { file: './app/patch.yaml', text: PATCH },
    { file: 'app/web.yaml', text: OBJECT },
    { file: `app/overlay/${name}`, text: kustomization },
  ]);

const KIND = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

describe('a file that a kustomization names as a patch', () => {
  it.each([
    `${KIND}patches: [{path: ../patch.yaml, target: {kind: Deployment}}]`,
    `${KIND}patchesStrategicMerge: [../patch.yaml]`,
    `${KIND}patchesJson6902: [{target: {name: web}, path: ../patch.yaml}]`,
    'patches: [{path: ../patch.yaml}]',
  ])('is skipped: %j', (kustomization) => {
    const { manifests, problems, skipped } = read(kustomization);
    expect(manifests.map(({ file }) => file)).toEqual(['app/web.yaml']);
    expect(problems).toEqual([]);
    expect(skipped.filter(({ file }) => file.endsWith('patch.yaml'))).toEqual([
      {
        file: './app/patch.yaml',
        line: 1,
        reason: 'a patch of app/overlay/kustomization.yaml: judge what is built with it',
      },
    ]);
  });

  it.each([
    ['resources are objects', `${KIND}resources: [../patch.yaml]`, 'kustomization.yaml'],
    ['a patch in line is no file', `${KIND}patches: [{patch: "a: b\\nc: d"}]`, 'kustomization.yaml'],
    ['another file may say "patches" as it likes', 'patches: [{path: ../patch.yaml}]', 'values.yaml'],
  ])('is no other one: %s', (_, kustomization, name) => {
    const { skipped } = read(kustomization, name);
    expect(skipped.map(({ file }) => file)).toEqual([`app/overlay/${name}`]);
  });
});
