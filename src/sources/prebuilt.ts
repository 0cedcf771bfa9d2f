/**
 * The built-in policies, read and checked when the package is built. What takes time at a start has been done
 * (YAML, two rounds of JSON Schema) or waits (fixes, messages); places in the files are found when a problem needs them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilePolicy } from '../engine/compile/policy.ts';
import { frozen } from '../policy/parameters.ts';
import { type CheckedPolicy, type ParsedPolicies, type PolicySource, parsePolicies } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';
import type { Problem } from '../policy/problem.ts';
import { BUILTIN_FOLDER, builtinPolicies } from './builtin.ts';

/** In the package's dist folder only. */
export const PREBUILT_FILE: string = fileURLToPath(new URL('../builtin-policies.json', import.meta.url));

interface Prebuilt {
  readonly policy: Policy;
  readonly file: string;
  readonly checked: CheckedPolicy;
}

/** What the prebuilt file holds: all built-in policies; or what is wrong with them. */
export function prebuild():
  | { readonly ok: true; readonly policies: readonly Prebuilt[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { sources, problems } = parseBuiltin();
  const policies: Prebuilt[] = [];
  const wrong = [...problems];
  for (const source of sources) {
    const compiled = compilePolicy(source);
    if (!compiled.ok) {
      wrong.push(...compiled.problems);
      continue;
    }
    const { params, reads, lookups, quiet = false, triggers: conditions = [], validations } = compiled.policy;
    const { policy, file } = source;
    const triggers = validations.map((validation) => validation.triggers ?? []);
    policies.push({
      policy,
      file,
      checked: { defaults: params, reads: [...reads], lookups, triggers, conditions, quiet },
    });
  }
  return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, policies };
}

/** The built-in policies: as `file` has them where it is there, else from their own files. */
export function builtinSources(file: string = PREBUILT_FILE): ParsedPolicies {
  if (!existsSync(file)) return parseBuiltin();
  const prebuilt = JSON.parse(readFileSync(file, 'utf8')) as readonly Prebuilt[];
  return { sources: prebuilt.map(sourceOf), natives: [], exceptions: [], problems: [] };
}

function parseBuiltin(): ParsedPolicies {
  const { files, problems } = builtinPolicies();
  const parsed = files.map(({ text, file }) => parsePolicies(text, file));
  return {
    sources: parsed.flatMap(({ sources }) => sources),
    natives: parsed.flatMap(({ natives }) => natives),
    exceptions: parsed.flatMap(({ exceptions }) => exceptions),
    problems: [...problems, ...parsed.flatMap((one) => one.problems)],
  };
}

function sourceOf({ policy, file, checked }: Prebuilt): PolicySource {
  let read: PolicySource | undefined;
  return {
    policy,
    file,
    checked: { ...checked, defaults: frozen(checked.defaults) },
    locate(path, offset) {
      const text = (): string => readFileSync(join(BUILTIN_FOLDER, file.slice(file.indexOf(':') + 1)), 'utf8');
      read ??= parsePolicies(text(), file).sources.find((one) => one.policy.metadata.name === policy.metadata.name);
      return read?.locate(path, offset);
    },
  };
}
