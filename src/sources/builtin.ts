/** The policies that come with Tidegate. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PolicyFiles, policyFiles } from './files.ts';

/** The package's own folder of policies: the same distance from src/ and from dist/. */
export const BUILTIN_FOLDER = fileURLToPath(new URL('../../policies', import.meta.url));

/** Before the path in that folder, in the name of a built-in file. */
export const BUILTIN_PREFIX = 'builtin:';

/** The files of `policies/`, each named as `builtin:<id>/policy.yaml` wherever the package is installed. */
export function builtinPolicies(): PolicyFiles {
  const { files, problems } = policyFiles([BUILTIN_FOLDER]);
  const named = files.map(({ file, text }) => ({ file: `${BUILTIN_PREFIX}${relative(BUILTIN_FOLDER, file)}`, text }));
  return { files: named, problems };
}
