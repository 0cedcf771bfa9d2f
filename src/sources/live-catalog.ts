/**
 * The catalog of a replica: policies of the cluster beside built-in ones and those of files. What changes is compiled by
 * itself, a burst of changes together, and the set in force is swapped whole.
 */
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { policySet } from '../engine/policy-set.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import type { Action } from '../policy/policy.ts';
import type { Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { type Catalog, type CatalogOptions, type CompiledFiles, compileFiles } from './catalog.ts';
import { advanceException, type LiveException } from './live-exceptions.ts';
import { advance, type LivePolicy } from './live-policies.ts';
import { type Feed, liveObjects, versionOf } from './live-resource.ts';
import { exceptedUnknown, unknownSettings } from './references.ts';
import { settleBursts } from './settle.ts';

export interface LiveCatalogOptions extends CatalogOptions {
  /** Of POLICIES and EXCEPTIONS. The catalog stops them when it is stopped. */
  readonly policies: Feed;
  readonly exceptions: Feed;
}

export interface LiveCatalog extends Catalog {
  /** Calls `listener` after each round of changes of a spec; the set is another object where one in force was among them. */
  onChange(listener: (set: PolicySet) => void): void;
  /** Of every Policy of the cluster, as it was last seen. */
  states(): readonly PolicyState[];
  exceptionStates(): readonly ExceptionState[];
  /** Settings and exceptions that name no policy, and native policies that do nothing. Not complete before `synced`. */
  warnings(): readonly Problem[];
  /** Names of all policies that are known, broken ones among them. */
  names(): readonly string[];
  /** Names that a Policy of the cluster cannot have: those of files and built-in ones. */
  readonly taken: ReadonlySet<string>;
  /** Resolves when policies and exceptions have been listed once, and all that is right among them is in force. */
  readonly synced: Promise<void>;
  stop(): void;
}

/** Of a Policy of the cluster. */
export interface PolicyState {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly ready: boolean;
  /** Which version judges: this one, the last one that was right, or none. */
  readonly inForce: 'current' | 'previous' | 'none';
  /** What is done about a finding, settings and profile counted in; Off where none is in force. */
  readonly action: Action;
  /** Whether it only is not ready because another policy has its name. */
  readonly taken: boolean;
  readonly problems: readonly Problem[];
  readonly object: LiveObject;
}

/** Of a PolicyException of the cluster. */
export interface ExceptionState {
  /** Undefined where it is broken: see `problems`. */
  readonly source: ExceptionSource | undefined;
  readonly problems: readonly Problem[];
  /** Entries that name no policy. */
  readonly unknown: readonly Problem[];
  readonly object: LiveObject;
}

export type OpenedCatalog =
  | { readonly ok: true; readonly catalog: LiveCatalog }
  /** A file or a built-in policy is wrong. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Compiles files and built-in policies at once; those of the cluster follow, and change, as the feeds say. */
export function openLiveCatalog(options: LiveCatalogOptions): OpenedCatalog {
  const files = compileFiles(options);
  if (files.problems.length > 0) return { ok: false, problems: files.problems };
  return { ok: true, catalog: liveCatalog(options, files) };
}

function liveCatalog(options: LiveCatalogOptions, files: CompiledFiles): LiveCatalog {
  const { settings, settingsPlace } = options;
  const taken: ReadonlySet<string> = new Set(files.names);
  const listeners: ((set: PolicySet) => void)[] = [];
  const synced = Promise.withResolvers<void>();
  let live: Live = { policies: new Map(), exceptions: new Map() };
  let set = policySet(files.policies, settings);
  let exceptions = files.exceptions;

  const names = (): readonly string[] => [...new Set([...files.names, ...live.policies.keys()])];
  const round = async (): Promise<void> => {
    const before = live;
    live = await follow(before, options, { settings, settingsPlace, taken });
    const policies = inForce(live);
    if (!sameMembers(policies, inForce(before))) set = policySet([...files.policies, ...policies], settings);
    if (!sameVersions(live, before)) {
      exceptions = [...files.exceptions, ...sourcesOf(live)];
      for (const listener of listeners) listener(set);
    }
    if (options.policies.list('') !== undefined && options.exceptions.list('') !== undefined) synced.resolve();
  };
  const bursts = settleBursts(round);
  options.policies.onChange(bursts.note);
  options.exceptions.onChange(bursts.note);
  bursts.note();

  return {
    current: () => set,
    exceptions: () => exceptions,
    reload: () => [],
    onChange: (listener) => void listeners.push(listener),
    states: () => [...live.policies.values()].map((one) => stateOf(one, set)),
    exceptionStates: () => [...live.exceptions.values()].map((one) => exceptionState(one, names())),
    warnings: () => [
      ...files.idle,
      ...unknownSettings(settings, settingsPlace, names()),
      ...files.exceptions.flatMap((exception) => exceptedUnknown(exception, names())),
    ],
    names,
    taken,
    synced: synced.promise,
    stop: () => {
      bursts.stop();
      options.policies.stop();
      options.exceptions.stop();
    },
  };
}

interface Live {
  /** By name. */
  readonly policies: ReadonlyMap<string, LivePolicy>;
  /** By namespace and name. */
  readonly exceptions: ReadonlyMap<string, LiveException>;
}

/** What the feeds have now. Where one knows nothing (no permission any more), what it last had stays. */
async function follow(
  live: Live,
  { policies, exceptions }: LiveCatalogOptions,
  compile: Parameters<typeof advance>[2],
): Promise<Live> {
  const nextPolicies = new Map<string, LivePolicy>();
  for (const object of liveObjects(policies) ?? [...live.policies.values()].map((one) => one.object)) {
    const before = live.policies.get(object.metadata.name);
    const next = advance(before, object, compile);
    nextPolicies.set(object.metadata.name, next);
    // One policy takes milliseconds to compile: requests come in between.
    if (next.problems !== before?.problems) await new Promise(setImmediate);
  }
  const nextExceptions = new Map<string, LiveException>();
  for (const object of liveObjects(exceptions) ?? [...live.exceptions.values()].map((one) => one.object)) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    nextExceptions.set(key, advanceException(live.exceptions.get(key), object));
  }
  return { policies: nextPolicies, exceptions: nextExceptions };
}

function sameVersions(a: Live, b: Live): boolean {
  return sameObjects(a.policies, b.policies) && sameObjects(a.exceptions, b.exceptions);
}

function sameObjects(
  a: ReadonlyMap<string, { object: LiveObject }>,
  b: ReadonlyMap<string, { object: LiveObject }>,
): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([key, { object }]) => {
    const other = b.get(key)?.object;
    return other !== undefined && versionOf(object) === versionOf(other);
  });
}

function inForce({ policies }: Live): readonly CompiledPolicy[] {
  return [...policies.values()].flatMap(({ policy }) => policy ?? []);
}

function sameMembers(a: readonly CompiledPolicy[], b: readonly CompiledPolicy[]): boolean {
  const known = new Set(a);
  return a.length === b.length && b.every((policy) => known.has(policy));
}

function sourcesOf({ exceptions }: Live): readonly ExceptionSource[] {
  return [...exceptions.values()].flatMap(({ source }) => source ?? []);
}

function stateOf({ object, policy, problems, taken }: LivePolicy, set: PolicySet): PolicyState {
  const { name, uid, generation } = object.metadata;
  const ready = problems.length === 0;
  // The set has it with the profile applied.
  const action = policy && set.policies.find((one) => one.id === name && one.native === undefined)?.enforcement.action;
  return {
    name,
    uid,
    generation,
    ready,
    inForce: policy === undefined ? 'none' : ready ? 'current' : 'previous',
    action: action ?? 'Off',
    taken: taken === true,
    problems,
    object,
  };
}

function exceptionState({ object, source, problems }: LiveException, names: readonly string[]): ExceptionState {
  return { object, source, problems, unknown: source === undefined ? [] : exceptedUnknown(source, names) };
}
