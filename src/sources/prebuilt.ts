/**
 * The built-in policies, read and checked when the package is built. What takes time at a start (YAML, two rounds of JSON
 * Schema) has been done; places in the files are found when a problem needs them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonMap } from '../cel/value.ts';
import { bindParameters, frozen } from '../policy/parameters.ts';
import { type ParsedPolicies, type PolicySource, parsePolicies } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';
import { BUILTIN_FOLDER, builtinPolicies } from './builtin.ts';

/** In the package's dist folder only. */
export const PREBUILT_FILE: string = fileURLToPath(new URL('../builtin-policies.json', import.meta.url));

interface Prebuilt {
  readonly policy: Policy;
  readonly file: string;
  /** The parameters without settings. */
  readonly defaults: JsonMap;
}

/** What the prebuilt file holds: all built-in policies. Throws where any of them has a problem. */
export function prebuild(): readonly Prebuilt[] {
  const { sources, problems } = parseBuiltin();
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return sources.map(({ policy, file }) => {
    const binding = bindParameters(policy.spec.parameters);
    if (!binding.ok) throw new Error(`${file}: ${JSON.stringify(binding.errors)}`);
    return { policy, file, defaults: binding.params };
  });
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

function sourceOf({ policy, file, defaults }: Prebuilt): PolicySource {
  let read: PolicySource | undefined;
  return {
    policy,
    file,
    defaults: frozen(defaults),
    locate(path, offset) {
      const text = (): string => readFileSync(join(BUILTIN_FOLDER, file.slice(file.indexOf(':') + 1)), 'utf8');
      read ??= parsePolicies(text(), file).sources.find((one) => one.policy.metadata.name === policy.metadata.name);
      return read?.locate(path, offset);
    },
  };
}
