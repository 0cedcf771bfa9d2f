/** All policies from all sources, compiled into the one set in force. */
import { type CompileResult, compilePolicy } from '../engine/compile/policy.ts';
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { compileNatives } from '../engine/native/compile.ts';
import { policySet } from '../engine/policy-set.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { type PolicySource, parsePolicies } from '../policy/parse.ts';
import type { Problem } from '../policy/problem.ts';
import type { PolicySettings, Settings, SettingsPlace } from '../policy/settings.ts';
import { didYouMean } from '../policy/suggest.ts';
import { BUILTIN_PREFIX } from './builtin.ts';
import { policyFiles } from './files.ts';
import { builtinSources } from './prebuilt.ts';

export interface CatalogOptions {
  readonly settings: Settings;
  /** Where the settings were read from; left out for the defaults. */
  readonly settingsPlace?: SettingsPlace | undefined;
  /** Files and folders of policies, beside the built-in ones. */
  readonly paths: readonly string[];
  readonly builtin: boolean;
}

export interface Catalog {
  /** The set in force: the same object until a reload has put another in its place. */
  current(): PolicySet;
  /** The PolicyExceptions that were read with it. */
  exceptions(): readonly ExceptionSource[];
  /** Reads everything anew. With any problem the set in force stays, and the problems say why. */
  reload(): readonly Problem[];
}

/**
 * Reads and compiles all policies. A policy with a problem is left out of the first set, every other one is in it. Of two
 * policies with one name the first counts, built-in ones being first.
 */
export function loadCatalog(options: CatalogOptions): {
  readonly catalog: Catalog;
  readonly problems: readonly Problem[];
  /** What was read and does nothing: native policies without a binding, and bindings without a policy. */
  readonly idle: readonly Problem[];
} {
  const first = compileAll(options);
  let { set, exceptions } = first;
  const reload = (): readonly Problem[] => {
    const next = compileAll(options);
    if (next.problems.length === 0) ({ set, exceptions } = next);
    return next.problems;
  };
  return {
    catalog: { current: () => set, exceptions: () => exceptions, reload },
    problems: first.problems,
    idle: first.idle,
  };
}

interface Compiled {
  readonly set: PolicySet;
  readonly exceptions: readonly ExceptionSource[];
  readonly problems: readonly Problem[];
  readonly idle: readonly Problem[];
}

function compileAll(options: CatalogOptions): Compiled {
  const { settings, settingsPlace } = options;
  const { sources, natives, exceptions, problems: unread } = readSources(options);
  const { unique, duplicates } = uniqueByName(sources);
  const results = unique.map((source) => compilePolicy(source, settingsFor(source, settings), settingsPlace));
  const names = unique.map(nameOf);
  const native = compileNatives(natives);
  return {
    set: policySet([...results.flatMap(compiled), ...native.policies], settings),
    exceptions,
    problems: [
      ...unread,
      ...duplicates,
      ...results.flatMap(problemsOf),
      ...native.problems,
      ...unknownPolicies(options, names),
      ...exceptions.flatMap((exception) => exceptedUnknown(exception, names)),
    ],
    idle: native.idle,
  };
}

function readSources({ builtin, paths }: CatalogOptions): ReturnType<typeof parsePolicies> {
  const given = policyFiles(paths);
  const read = given.files.map(({ text, file }) => parsePolicies(text, file));
  const parsed = builtin ? [builtinSources(), ...read] : read;
  return {
    sources: parsed.flatMap(({ sources }) => sources),
    natives: parsed.flatMap(({ natives }) => natives),
    exceptions: parsed.flatMap(({ exceptions }) => exceptions),
    problems: [...given.problems, ...parsed.flatMap(({ problems }) => problems)],
  };
}

function uniqueByName(sources: readonly PolicySource[]) {
  const unique = new Map<string, PolicySource>();
  const duplicates: Problem[] = [];
  for (const source of sources) {
    const name = nameOf(source);
    const first = unique.get(name);
    if (first) duplicates.push(duplicate(source, name, first));
    else unique.set(name, source);
  }
  return { unique: [...unique.values()], duplicates };
}

function duplicate(source: PolicySource, name: string, first: PolicySource): Problem {
  const message = `"${name}" is already in ${first.file}`;
  const hint = first.file.startsWith(BUILTIN_PREFIX) ? { hint: BUILTIN_HINT } : {};
  return { file: source.file, ...source.locate(NAME), message, ...hint };
}

const NAME = ['metadata', 'name'];
const BUILTIN_HINT = 'give yours another name, or use --no-builtin';

function nameOf(source: PolicySource): string {
  return source.policy.metadata.name;
}

// A policy may be called `constructor`: only what the settings themselves hold counts.
function settingsFor(source: PolicySource, { policies }: Settings): PolicySettings | undefined {
  return Object.hasOwn(policies, nameOf(source)) ? policies[nameOf(source)] : undefined;
}

function compiled(result: CompileResult): readonly CompiledPolicy[] {
  return result.ok ? [result.policy] : [];
}

function problemsOf(result: CompileResult): readonly Problem[] {
  return result.ok ? [] : result.problems;
}

function unknownPolicies({ settings, settingsPlace }: CatalogOptions, names: readonly string[]): readonly Problem[] {
  const unknown = Object.keys(settings.policies).filter((id) => !names.includes(id));
  return unknown.map((id) => {
    const hint = didYouMean(id, names);
    return {
      file: settingsPlace?.file ?? 'settings',
      ...settingsPlace?.locateKey(['policies', id]),
      path: 'policies',
      message: `no policy is called "${id}"`,
      ...(hint && { hint }),
    };
  });
}

function exceptedUnknown({ exception, file, locate }: ExceptionSource, names: readonly string[]): readonly Problem[] {
  return exception.spec.policies.flatMap(({ name }, index) => {
    if (names.includes(name)) return [];
    const hint = didYouMean(name, names);
    const path = `spec.policies[${index}].name`;
    const at = locate(['spec', 'policies', index, 'name']);
    return [{ file, ...at, path, message: `no policy is called "${name}"`, ...(hint && { hint }) }];
  });
}
