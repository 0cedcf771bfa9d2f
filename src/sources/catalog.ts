/** All policies from all sources, compiled into the one set in force. */
import { type CompileResult, compilePolicy } from '../engine/compile/policy.ts';
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { compileNatives } from '../engine/native/compile.ts';
import { policySet } from '../engine/policy-set.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { type PolicySource, parsePolicies } from '../policy/parse.ts';
import type { Problem } from '../policy/problem.ts';
import { type LiveObject, placedByPath } from '../policy/resource.ts';
import type { Settings, SettingsPlace } from '../policy/settings.ts';
import { BUILTIN_PREFIX } from './builtin.ts';
import { clusterPolicies } from './cluster-policies.ts';
import { policyFiles } from './files.ts';
import { builtinSources } from './prebuilt.ts';
import { exceptedUnknown, settingsFor, unknownSettings } from './references.ts';

export interface CatalogOptions {
  readonly settings: Settings;
  /** Where the settings were read from; left out for the defaults. */
  readonly settingsPlace?: SettingsPlace | undefined;
  /** Files and folders of policies, beside the built-in ones. */
  readonly paths: readonly string[];
  readonly builtin: boolean;
  /** Policies of a cluster as they are now, Kubernetes' own among them: those of files and built-in ones come before them. */
  readonly resources?: readonly LiveObject[] | undefined;
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

interface Loaded {
  readonly set: PolicySet;
  readonly exceptions: readonly ExceptionSource[];
  readonly problems: readonly Problem[];
  readonly idle: readonly Problem[];
}

function compileAll(options: CatalogOptions): Loaded {
  const { settings, settingsPlace } = options;
  const { policies, names, exceptions, problems, idle } = compileFiles(options);
  return {
    set: policySet(policies, settings),
    exceptions,
    problems: [
      ...problems,
      ...unknownSettings(settings, settingsPlace, names),
      ...exceptions.flatMap((exception) => exceptedUnknown(exception, names)),
    ],
    idle,
  };
}

export interface CompiledFiles {
  readonly policies: readonly CompiledPolicy[];
  /** Of all policies that were read, also of those that do not compile; native ones left out. */
  readonly names: readonly string[];
  readonly exceptions: readonly ExceptionSource[];
  readonly problems: readonly Problem[];
  /** What was read and does nothing: native policies without a binding, and bindings without a policy. */
  readonly idle: readonly Problem[];
}

/** Reads and compiles the built-in policies, those of the files, and those given as resources. Whether every name is one is not asked. */
export function compileFiles(options: CatalogOptions): CompiledFiles {
  const { settings, settingsPlace, resources = [] } = options;
  const { sources, natives, exceptions, problems: unread } = readSources(options);
  const { unique: all, duplicates } = uniqueByName(sources);
  // An installation has the built-in policies as resources, and whatever was changed in them there.
  const installed = new Set(resources.filter(({ kind }) => kind === 'Policy').map(({ metadata }) => metadata.name));
  const unique = all.filter((source) => !(isBuiltin(source) && installed.has(nameOf(source))));
  const names = unique.map(nameOf);
  const results = unique.map((source) => compilePolicy(source, settingsFor(nameOf(source), settings), settingsPlace));
  const live = clusterPolicies(resources, natives, { settings, settingsPlace, taken: new Set(names) });
  const native = compileNatives([...natives, ...live.natives]);
  return {
    policies: [...results.flatMap(compiled), ...live.policies, ...native.policies],
    names: [...names, ...live.names],
    exceptions,
    problems: [
      ...unread,
      ...duplicates,
      ...results.flatMap(problemsOf),
      ...live.problems,
      ...live.natives.reduce((placed, { file }) => placedByPath(placed, file), native.problems),
    ],
    idle: [...native.idle, ...live.idle],
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
  const hint = isBuiltin(first) ? { hint: BUILTIN_HINT } : {};
  return { file: source.file, ...source.locate(NAME), message, ...hint };
}

function isBuiltin({ file }: PolicySource): boolean {
  return file.startsWith(BUILTIN_PREFIX);
}

const NAME = ['metadata', 'name'];
const BUILTIN_HINT = 'give yours another name, or use --no-builtin';

function nameOf(source: PolicySource): string {
  return source.policy.metadata.name;
}

function compiled(result: CompileResult): readonly CompiledPolicy[] {
  return result.ok ? [result.policy] : [];
}

function problemsOf(result: CompileResult): readonly Problem[] {
  return result.ok ? [] : result.problems;
}
