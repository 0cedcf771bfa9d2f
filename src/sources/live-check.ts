/** What is wrong with a Policy or PolicyException that somebody is about to write into the cluster. */
import { isCurrent } from '../engine/exempt.ts';
import type { Problem } from '../policy/problem.ts';
import type { LiveObject, ResourceChecks } from '../policy/resource.ts';
import type { LiveCatalog } from './live-catalog.ts';
import { readException } from './live-exceptions.ts';
import { type CompileOptions, compileResource, takenProblem } from './live-policies.ts';
import { exceptedUnknown } from './references.ts';

/** Checks by the same code as files, and by the names that are known at this moment. */
export function resourceChecks(
  catalog: Pick<LiveCatalog, 'names' | 'taken'>,
  settings: Pick<CompileOptions, 'settings' | 'settingsPlace'>,
): ResourceChecks {
  return {
    policy: (object) => {
      const { name } = object.metadata;
      const result = compileResource(object, { ...settings, taken: catalog.taken });
      return {
        problems: result.ok ? [] : result.problems,
        // Not refused: an upgrade may bring policies as resources before the replicas that start without built-in ones.
        doubts: catalog.taken.has(name) ? [takenProblem(name)] : [],
      };
    },
    exception: (object, now) => {
      const { source, problems } = readException(object);
      if (source === undefined) return { problems, doubts: [] };
      return { problems, doubts: [...endedProblems(object, source, now), ...exceptedUnknown(source, catalog.names())] };
    },
  };
}

function endedProblems(
  { metadata }: LiveObject,
  { exception, file }: NonNullable<ReturnType<typeof readException>['source']>,
  now: number,
): readonly Problem[] {
  if (isCurrent(exception, now)) return [];
  const message = `it has ended at ${exception.spec.expiresAt}: ${metadata.name} excuses nothing`;
  return [{ file, path: 'spec.expiresAt', message }];
}
