/** Schema errors of a document, each at its place. */
import { formatPath } from './path.ts';
import { inOrder, type Problem } from './problem.ts';
import type { SchemaError } from './schema-errors.ts';
import type { YamlDocument } from './yaml-document.ts';

/** Schema errors as problems at their place in a document, in its order. */
export function schemaProblems(
  errors: readonly SchemaError[],
  document: YamlDocument,
  file: string,
): readonly Problem[] {
  const problems = errors.map((error) => ({
    file,
    ...(error.surplus ? document.locateKey(error.path) : document.locate(error.path)),
    path: formatPath(error.surplus ? error.path.slice(0, -1) : error.path),
    message: error.message,
    ...(error.hint && { hint: error.hint }),
  }));
  return inOrder(problems);
}
