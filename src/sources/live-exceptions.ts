/** PolicyException resources of the cluster. Whether one has expired is asked with each request, as for those of files. */
import type { ExceptionSource } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { parseResource, placedByPath } from '../policy/resource.ts';
import { bareResource, versionOf } from './live-resource.ts';

export interface LiveException {
  readonly object: LiveObject;
  /** Left out where it is broken: it then excuses nothing. */
  readonly source?: ExceptionSource;
  readonly problems: readonly Problem[];
}

/** `next` as an exception; `before`, where it is the same version of it. */
export function advanceException(before: LiveException | undefined, next: LiveObject): LiveException {
  if (before !== undefined && versionOf(before.object) === versionOf(next)) return { ...before, object: next };
  return readException(next);
}

/** Reads one PolicyException of the cluster; its problems are placed by path. */
export function readException(object: LiveObject): LiveException {
  const { name, namespace = '' } = object.metadata;
  const file = `PolicyException/${namespace}/${name}`;
  const { exceptions, problems } = parseResource(bareResource(object), file);
  const [source] = exceptions;
  if (source !== undefined) return { object, source, problems };
  const wrong = problems.length > 0 ? problems : [{ file, path: 'kind', message: 'is not a PolicyException' }];
  return { object, problems: placedByPath(wrong, file) };
}
