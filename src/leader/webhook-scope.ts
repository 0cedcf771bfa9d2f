/** What no webhook of ours is asked about, however wide a policy is: a cluster that waits for us there could not mend itself. */

export interface MatchCondition {
  readonly name: string;
  /** CEL, evaluated by the API server. */
  readonly expression: string;
}

/** Group and resource; `*` for all of the group. */
const NEVER: readonly (readonly [string, string])[] = [
  ['', 'events'],
  ['admissionregistration.k8s.io', '*'],
  ['authentication.k8s.io', '*'],
  ['authorization.k8s.io', '*'],
  ['coordination.k8s.io', 'leases'],
  ['events.k8s.io', 'events'],
];

/** Written by what moves Pods: only for a policy that names them. */
const ONLY_IF_ASKED: readonly (readonly [string, string])[] = [
  ['', 'bindings'],
  ['', 'pods/binding'],
  ['', 'pods/eviction'],
];

/** True for a resource, its subresource behind a slash, that we are never asked about. Patterns with `*` are none. */
export function isNever(group: string, resource: string): boolean {
  const [plain] = resource.split('/');
  return NEVER.some(([ofGroup, name]) => ofGroup === group && (name === '*' || name === plain));
}

/** For rules with `*`; `asked` has the keys (`keyOf`) of what rules name without one. */
export function notOfTheCluster(asked: ReadonlySet<string>): readonly MatchCondition[] {
  const held = ONLY_IF_ASKED.filter(([group, resource]) => !asked.has(keyOf(group, resource)));
  return [
    { name: 'not-of-control-planes', expression: `!(${NEVER.map(isNeverInCel).join(' || ')})` },
    ...(held.length === 0
      ? []
      : [
          {
            name: 'not-moving-pods',
            expression: `!(${held.map(([, resource]) => isHeldInCel(resource)).join(' || ')})`,
          },
        ]),
  ];
}

export function keyOf(group: string, resource: string): string {
  return `${group}/${resource}`;
}

function isNeverInCel([group, resource]: readonly [string, string]): string {
  const ofGroup = `request.resource.group == '${group}'`;
  return resource === '*' ? ofGroup : `${ofGroup} && request.resource.resource == '${resource}'`;
}

/** An empty subResource is left out of the request. */
function isHeldInCel(name: string): string {
  const [resource, sub] = name.split('/');
  const plain = `request.resource.group == '' && request.resource.resource == '${resource}'`;
  return sub === undefined ? plain : `${plain} && has(request.subResource) && request.subResource == '${sub}'`;
}
