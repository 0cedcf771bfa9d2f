/** What an audit says of the kinds that its user may not read. */
import { groupOf } from '../policy/api-version.ts';
import type { Problem } from '../policy/problem.ts';

export interface UnreadKind {
  readonly apiVersion: string;
  readonly resource: string;
  /** Where it may not be read; everywhere without it. */
  readonly namespace?: string | undefined;
}

/** As kubectl names it: `deployments.apps`. */
export function kindName({ apiVersion, resource }: Pick<UnreadKind, 'apiVersion' | 'resource'>): string {
  const group = groupOf(apiVersion);
  return group === '' ? resource : `${resource}.${group}`;
}

/** One problem for all, and one for each set of namespaces that have the same unread: somebody without rights would read dozens. */
export function mayNotRead(kinds: readonly UnreadKind[]): readonly Problem[] {
  const namespacesOf = Map.groupBy(kinds, kindName);
  const alike = Map.groupBy(namespacesOf, ([, unread]) =>
    unread
      .map(({ namespace = '' }) => namespace)
      .toSorted()
      .join(', '),
  );
  const problems = [...alike].map(([namespaces, group]) => {
    const them = group.length === 1 ? 'it' : 'them';
    return {
      file: namespaces === '' ? 'permissions' : `permissions in ${namespaces}`,
      message: `nothing is known of what this user may not list: ${listed(group.map(([name]) => name))}`,
      hint: `grant get and list on ${them}, as the ClusterRole of docs/cluster-audit.md does`,
    };
  });
  return problems.toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** The same each time, whatever the order of the answers. */
export function listed(names: readonly string[]): string {
  return names.toSorted().join(', ');
}
