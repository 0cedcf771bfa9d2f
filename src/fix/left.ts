/** What is left for a person, marked in the files. */
import type { Input } from '../audit/manifests.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Finding } from '../engine/decision.ts';
import type { Scene, SceneObject } from './scene.ts';
import { type Template, withMarks } from './template.ts';
import { withDocuments } from './texts.ts';

/** The inputs with a comment for each finding that is wanted and has no fix. */
export function markedInputs(scene: Scene, set: PolicySet, isWanted: (finding: Finding) => boolean): readonly Input[] {
  const left = scene.objects.flatMap(({ outcome }, object) =>
    outcome.findings
      .filter((finding) => !finding.fix && finding.excepted === undefined && isWanted(finding))
      .map((finding) => ({ object, finding })),
  );
  return withDocuments(scene, left, (text, mine) => {
    const marks = mine.map(({ object, finding }) => {
      const { path } = (scene.objects[object] as SceneObject).manifest.source;
      return { path: [...path, ...finding.path], finding, template: templateOf(set, finding, path.length) };
    });
    return withMarks(text, marks);
  });
}

/** `depth` is that of the object in its document. */
function templateOf({ policies }: PolicySet, { policy, rule, path }: Finding, depth: number): Template | undefined {
  const found = policies.find(({ id }) => id === policy);
  const at = found?.validations.findIndex(({ name }) => name === rule) ?? -1;
  const text = found?.policy.spec.validations?.[at]?.template;
  const steps = found?.validations[at]?.path.length ?? 0;
  return text === undefined ? undefined : { text, depth: depth + path.length - steps };
}
