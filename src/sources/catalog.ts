/** All policies from all sources, compiled into the one set in force. */
import { type CompileResult, compilePolicy } from '../engine/compile/policy.ts';
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { compileNatives } from '../engine/native/compile.ts';
import { policySet } from '../engine/policy-set.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { type PolicySource, parsePolicies } from '../policy/parse.ts';
import type { Problem } from '../policy/problem.ts';
import type { PolicySettings, Settings, SettingsPlace } from '../policy/settings.ts';
import { BUILTIN_PREFIX } from './builtin.ts';
import { policyFiles } from './files.ts';
import { builtinSources } from './prebuilt.ts';
import { exceptedUnknown, unknownSettings } from './references.ts';

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

/** Reads and compiles the built-in policies and those of the files. Whether every name is one is not asked. */
export function compileFiles(options: CatalogOptions): CompiledFiles {
  const { settings, settingsPlace } = options;
  const { sources, natives, exceptions, problems: unread } = readSources(options);
  const { unique, duplicates } = uniqueByName(sources);
  const results = unique.map((source) => compilePolicy(source, settingsFor(nameOf(source), settings), settingsPlace));
  const native = compileNatives(natives);
  return {
    policies: [...results.flatMap(compiled), ...native.policies],
    names: unique.map(nameOf),
    exceptions,
    problems: [...unread, ...duplicates, ...results.flatMap(problemsOf), ...native.problems],
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

/** What the settings say of the policy of that name. It may be `constructor`: only what they themselves hold counts. */
export function settingsFor(name: string, { policies }: Settings): PolicySettings | undefined {
  return Object.hasOwn(policies, name) ? policies[name] : undefined;
}

function compiled(result: CompileResult): readonly CompiledPolicy[] {
  return result.ok ? [result.policy] : [];
}

function problemsOf(result: CompileResult): readonly Problem[] {
  return result.ok ? [] : result.problems;
}
