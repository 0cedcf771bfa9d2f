/** Real manifests beside the repository: they are no part of it, and may be missing. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe } from 'vitest';
import { REPOSITORY } from './source.ts';

const SHARED = join(REPOSITORY, '..', 'shared');

export const MANIFESTS: string = join(SHARED, 'manifests');
export const REALWORLD: string = join(SHARED, 'corpus', 'realworld');
export const LABELLED: string = join(SHARED, 'corpus', 'labelled');

/** A suite on a folder of these; where it is missing, the suite is skipped, and says so. */
export function describeWith(folder: string, title: string, body: () => void): void {
  const missing = existsSync(folder) ? '' : ` (SKIPPED: no ${relative(process.cwd(), folder)})`;
  // The titles of skipped tests are not printed.
  if (missing !== '') console.warn(`${title}${missing}`);
  describe.skipIf(missing !== '')(`${title}${missing}`, body);
}
