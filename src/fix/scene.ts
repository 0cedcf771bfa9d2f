/** Files as they stand, and what the whole pack says of their objects. */
import { type Beside, judgeAll } from '../audit/audit.ts';
import { type Given, type Input, type Manifest, type Manifests, readManifests } from '../audit/manifests.ts';
import { withoutPatches } from '../audit/patches.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { ObjectOutcome, ReportParts } from '../report/report.ts';

export interface Scene {
  readonly inputs: readonly Input[];
  readonly objects: readonly SceneObject[];
  readonly parts: ReportParts;
}

export interface SceneObject {
  readonly manifest: Manifest;
  readonly outcome: ObjectOutcome;
  /** The number of its file. */
  readonly input: number;
  /** Its number among the objects of its document. */
  readonly index: number;
}

/** Judges files; those that are the same as in `previous` are not read again. */
export function sceneOf(inputs: readonly Input[], set: PolicySet, beside: Beside, previous?: Read): ReadScene {
  const read = inputs.map((input, at) =>
    previous?.inputs[at] === input ? (previous.read[at] as Manifests) : readManifests([input]),
  );
  const patches = read.flatMap((one) => one.patches);
  // A kustomization has been read apart from the patches that it names.
  const files = read.map((one) => withoutPatches(one, patches));
  const parts = judgeAll(joined(files), set, beside);
  const objects: SceneObject[] = [];
  for (const [input, { manifests }] of files.entries()) {
    for (const manifest of manifests) {
      const last = objects.at(-1);
      const isNext = last?.input === input && last.manifest.source.start === manifest.source.start;
      const outcome = parts.objects[objects.length] as ObjectOutcome;
      objects.push({ manifest, input, index: isNext ? last.index + 1 : 0, outcome });
    }
  }
  return { inputs, read, objects, parts };
}

/** What was read of each input. */
interface Read {
  readonly inputs: readonly Input[];
  readonly read: readonly Manifests[];
}

export interface ReadScene extends Scene, Read {}

function joined(files: readonly Manifests[]): Given {
  return {
    manifests: files.flatMap(({ manifests }) => manifests),
    problems: files.flatMap(({ problems }) => problems),
    skipped: files.flatMap(({ skipped }) => skipped),
    files: files.length,
  };
}
