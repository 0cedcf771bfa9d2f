/**
 * The patches of kustomize: files that look like objects and are parts of some. Judged alone they lack what the whole has,
 * and a fix written into one would change everything it is laid over.
 */
import { basename, dirname, join, normalize } from 'node:path';
import type { JsonMap, Value } from '../cel/value.ts';
import type { Manifests } from './manifests.ts';

/** Which file is laid over others, and the kustomization that says so. */
export interface PatchFile {
  readonly file: string;
  readonly by: string;
}

const NAMES: ReadonlySet<string> = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);
const LISTS = ['patches', 'patchesStrategicMerge', 'patchesJson6902'];

/** The patches that a document of this file names; none where it is no kustomization. Patches written in line have no file. */
export function patchFilesOf(document: JsonMap, file: string): readonly PatchFile[] {
  const isKustomization = String(document['apiVersion']).startsWith('kustomize.config.k8s.io/');
  if (!isKustomization && !NAMES.has(basename(file))) return [];
  return LISTS.flatMap((list) => {
    const entries = document[list];
    return Array.isArray(entries) ? (entries as readonly Value[]) : [];
  })
    .map((entry) => (typeof entry === 'object' && entry !== null ? (entry as JsonMap)['path'] : entry))
    .filter((path) => typeof path === 'string' && !path.includes('\n'))
    .map((path) => ({ file: join(dirname(file), path as string), by: file }));
}

/** The same without what was found in files of patches, each of which is told of as skipped. */
export function withoutPatches(found: Manifests, patches: readonly PatchFile[]): Manifests {
  if (patches.length === 0) return found;
  const by = new Map(patches.map((patch) => [patch.file, patch.by]));
  const isPatch = ({ file }: { readonly file: string }): boolean => by.has(normalize(file));
  const files = new Set(
    [...found.manifests, ...found.problems, ...found.skipped].filter(isPatch).map(({ file }) => file),
  );
  const reason = (file: string): string => `a patch of ${by.get(normalize(file))}: judge what is built with it`;
  return {
    ...found,
    manifests: found.manifests.filter((one) => !isPatch(one)),
    problems: found.problems.filter((one) => !isPatch(one)),
    skipped: [
      ...found.skipped.filter((one) => !isPatch(one)),
      ...[...files].map((file) => ({ file, line: 1, reason: reason(file) })),
    ],
  };
}
