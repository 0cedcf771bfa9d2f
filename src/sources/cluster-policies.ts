/** The policies that a cluster has at one moment, read by the same code as those that a replica follows. */
import type { CompiledPolicy } from '../engine/compiled.ts';
import type { NativeSource } from '../policy/native.ts';
import { isNativeKind } from '../policy/parse-native.ts';
import type { Problem } from '../policy/problem.ts';
import { type LiveObject, parseResource, placedByPath } from '../policy/resource.ts';
import { type CompileOptions, compileResource, takenProblem } from './live-policies.ts';

export interface ClusterPolicies {
  /** Policy resources, compiled. */
  readonly policies: readonly CompiledPolicy[];
  /** Of all of these, also of those that do not compile. */
  readonly names: readonly string[];
  /** Policies and bindings of Kubernetes itself, not yet compiled: some may belong to those of files. */
  readonly natives: readonly NativeSource[];
  readonly problems: readonly Problem[];
  /** Those that do nothing here, because one of a file or a built-in one has their name. */
  readonly idle: readonly Problem[];
}

/** Reads them. `natives` are those of files, which count where the cluster has one of the same kind and name. */
export function clusterPolicies(
  resources: readonly LiveObject[],
  natives: readonly NativeSource[],
  options: CompileOptions,
): ClusterPolicies {
  const taken = new Set(natives.map(({ document }) => nameIn(document)));
  const [own, native] = [false, true].map((is) => resources.filter((one) => isNativeKind(asValue(one)) === is));
  const free = own?.filter(({ metadata }) => !options.taken.has(metadata.name)) ?? [];
  const results = free.map((resource) => compileResource(resource, options));
  const parsed = native?.filter((one) => !taken.has(nameIn(one))).map(parseNativeResource) ?? [];
  return {
    policies: results.flatMap((result) => (result.ok ? [result.policy] : [])),
    names: free.map(({ metadata }) => metadata.name),
    natives: parsed.flatMap((one) => one.natives),
    problems: [
      ...results.flatMap((result) => (result.ok ? [] : result.problems)),
      ...parsed.flatMap((one) => one.problems),
    ],
    idle: [
      ...(own?.filter((one) => !free.includes(one)).map(({ metadata }) => takenProblem(metadata.name)) ?? []),
      ...(native?.filter((one) => taken.has(nameIn(one))).map(takenNative) ?? []),
    ],
  };
}

type Named = Pick<LiveObject, 'kind'> & { readonly metadata: { readonly name: string } };

function nameIn({ kind, metadata }: Named): string {
  return `${kind}/${metadata.name}`;
}

function takenNative(object: LiveObject): Problem {
  return { file: nameIn(object), message: 'is among the given policies too, and that one counts' };
}

function parseNativeResource(object: LiveObject) {
  const { status: _, ...rest } = object;
  const file = nameIn(object);
  const { natives, problems } = parseResource(asValue(rest), file);
  return { natives, problems: placedByPath(problems, file) };
}

function asValue(object: object): Parameters<typeof parseResource>[0] {
  return object as Parameters<typeof parseResource>[0];
}
