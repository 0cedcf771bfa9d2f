/** Policy resources of the cluster, each compiled when it changes; one that is broken keeps its last good version in force. */
import { type CompileResult, compilePolicy } from '../engine/compile/policy.ts';
import type { CompiledPolicy } from '../engine/compiled.ts';
import { errorMessage, type Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { parseResource, placedByPath } from '../policy/resource.ts';
import type { Settings, SettingsPlace } from '../policy/settings.ts';
import { bareResource, versionOf } from './live-resource.ts';
import { settingsFor } from './references.ts';

export interface CompileOptions {
  readonly settings: Settings;
  readonly settingsPlace?: SettingsPlace | undefined;
  /** Names that policies of files and built-in ones have. */
  readonly taken: ReadonlySet<string>;
}

export interface LivePolicy {
  readonly object: LiveObject;
  /** Left out where another policy has the name: this one is not even compiled. */
  readonly taken?: true;
  /** In force: of this version, or of the last one that was right. */
  readonly policy?: CompiledPolicy;
  /** Of this version. */
  readonly problems: readonly Problem[];
}

/** `next` in the place of `before`, which is the same policy in an earlier version, or nothing. */
export function advance(before: LivePolicy | undefined, next: LiveObject, options: CompileOptions): LivePolicy {
  if (before !== undefined && versionOf(before.object) === versionOf(next)) return { ...before, object: next };
  const { name, uid } = next.metadata;
  if (options.taken.has(name)) return { object: next, taken: true, problems: [takenProblem(name)] };
  const result = compileResource(next, options);
  if (result.ok) return { object: next, policy: result.policy, problems: [] };
  // A policy that was deleted and made anew has no past.
  const last = before?.object.metadata.uid === uid ? before.policy : undefined;
  return { object: next, ...(last && { policy: last }), problems: result.problems };
}

/**
 * As JSON, in UTF-16 units: our own have 9,000 at most. Of the costliest text, so much takes about a second to compile, and
 * requests wait meanwhile.
 */
const LONGEST_POLICY = 100_000;

/** Reads and compiles one Policy of the cluster under the settings of its name; problems are placed by path. */
export function compileResource(object: LiveObject, { settings, settingsPlace }: CompileOptions): CompileResult {
  const file = `Policy/${object.metadata.name}`;
  if (JSON.stringify(object.spec ?? null).length > LONGEST_POLICY) {
    return { ok: false, problems: [{ file, path: 'spec', message: `is longer than ${LONGEST_POLICY} characters` }] };
  }
  const { sources, problems } = parseResource(bareResource(object), file);
  const [source] = sources;
  if (source === undefined) {
    const wrong = problems.length > 0 ? problems : [{ file, path: 'kind', message: 'is not a Policy' }];
    return { ok: false, problems: placedByPath(wrong, file) };
  }
  try {
    const result = compilePolicy(source, settingsFor(object.metadata.name, settings), settingsPlace);
    if (result.ok) return result;
    return { ok: false, problems: placedByPath(result.problems, file) };
  } catch (error) {
    // A mistake of ours: it must not keep the other policies from being compiled.
    return { ok: false, problems: [{ file, path: 'spec', message: `cannot be compiled: ${errorMessage(error)}` }] };
  }
}

/** Of a Policy whose name a policy of a file or a built-in one has. */
export function takenProblem(name: string): Problem {
  return {
    file: `Policy/${name}`,
    path: 'metadata.name',
    message: `"${name}" is a policy that Tidegate was started with, and that one counts`,
    hint: 'give yours another name, or start Tidegate without it: TIDEGATE_BUILTIN=false',
  };
}
