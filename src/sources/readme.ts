/** The page beside a policy's file. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILTIN_FOLDER, BUILTIN_PREFIX } from './builtin.ts';

/** README.md in the policy's folder, if its title is the policy's id; else undefined: it is about something else. */
export function policyReadme({ id, file }: { readonly id: string; readonly file: string }): string | undefined {
  const builtin = file.startsWith(BUILTIN_PREFIX);
  const path = builtin ? join(BUILTIN_FOLDER, file.slice(BUILTIN_PREFIX.length)) : file;
  const readme = join(dirname(path), 'README.md');
  if (!existsSync(readme)) return undefined;
  const text = readFileSync(readme, 'utf8');
  return text.startsWith(`# ${id}\n`) ? text : undefined;
}
