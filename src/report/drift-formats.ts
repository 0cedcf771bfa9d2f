/** The formats of `tidegate drift`: what would change, what to write into the source, what Argo CD is to look away from. */
import { groupOf } from '../policy/api-version.ts';
import { kubernetesYaml } from '../policy/kubernetes-yaml.ts';
import { objectName } from '../policy/object-name.ts';
import { diffText } from './diff-text.ts';
import type { DriftedObject, DriftReport, IgnoredFields } from './drift-report.ts';
import type { Screen } from './paint.ts';

type Renderer = (report: DriftReport, screen: Screen) => string;

/** By name, as `--output` has them. */
export const DRIFT_FORMATS: Readonly<Record<string, Renderer>> = {
  diff: renderDiff,
  patch: ({ objects }) => objects.map(({ source }) => kubernetesYaml(source)).join('---\n'),
  argocd: renderArgo,
  json: renderJson,
};

function renderDiff({ objects }: DriftReport, screen: Screen): string {
  return objects
    .map((object) => {
      const from = objectName(object);
      const { before, after } = object;
      return diffText({ from, to: `${from}, as admitted today`, before, after }, screen);
    })
    .join('');
}

/** One entry for all objects of a kind where they have the same fields, else one for each. */
function renderArgo({ objects }: DriftReport): string {
  if (objects.length === 0) return '';
  const kinds = Map.groupBy(objects, ({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`);
  const entries = [...kinds.values()].flatMap((same) => {
    const [first] = same as [DriftedObject];
    const alike = same.length > 1 && same.every(({ ignored }) => equal(ignored, first.ignored));
    return alike ? [entryOf(first)] : same.map((object) => entryOf(object, object));
  });
  return kubernetesYaml({ ignoreDifferences: entries });
}

function entryOf({ apiVersion, kind, ignored }: DriftedObject, only?: DriftedObject): object {
  const { jsonPointers, jqPathExpressions } = ignored;
  const group = groupOf(apiVersion);
  return {
    ...(group !== '' && { group }),
    kind,
    ...(only && { name: only.name, ...(only.namespace !== undefined && { namespace: only.namespace }) }),
    ...(jsonPointers.length > 0 && { jsonPointers }),
    ...(jqPathExpressions.length > 0 && { jqPathExpressions }),
  };
}

function equal(a: IgnoredFields, b: IgnoredFields): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function renderJson({ objects, judged, problems, cluster }: DriftReport): string {
  const shown = objects.map(({ before: _, after: __, ...object }) => object);
  return `${JSON.stringify({ ...(cluster !== undefined && { cluster }), judged, objects: shown, problems }, null, 2)}\n`;
}
