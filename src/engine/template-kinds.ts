/** The resources that carry a Pod template: the one table behind `subject: PodTemplate`. */
import type { Path } from './decision.ts';

export interface TemplateKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
  /** Where the Pod-shaped part begins; empty for a Pod itself. */
  readonly prefix: Path;
}

const SPEC_TEMPLATE: Path = ['spec', 'template'];

export const TEMPLATE_KINDS: readonly TemplateKind[] = [
  { group: '', kind: 'Pod', resource: 'pods', prefix: [] },
  { group: '', kind: 'PodTemplate', resource: 'podtemplates', prefix: ['template'] },
  { group: '', kind: 'ReplicationController', resource: 'replicationcontrollers', prefix: SPEC_TEMPLATE },
  { group: 'apps', kind: 'DaemonSet', resource: 'daemonsets', prefix: SPEC_TEMPLATE },
  { group: 'apps', kind: 'Deployment', resource: 'deployments', prefix: SPEC_TEMPLATE },
  { group: 'apps', kind: 'ReplicaSet', resource: 'replicasets', prefix: SPEC_TEMPLATE },
  { group: 'apps', kind: 'StatefulSet', resource: 'statefulsets', prefix: SPEC_TEMPLATE },
  { group: 'batch', kind: 'CronJob', resource: 'cronjobs', prefix: ['spec', 'jobTemplate', 'spec', 'template'] },
  { group: 'batch', kind: 'Job', resource: 'jobs', prefix: SPEC_TEMPLATE },
];

const BY_KIND: ReadonlyMap<string, TemplateKind> = new Map(
  TEMPLATE_KINDS.map((entry) => [`${entry.group}/${entry.kind}`, entry]),
);

/** The entry of a kind, whatever its version, or undefined where it carries no Pod template. */
export function templateKind(group: string, kind: string): TemplateKind | undefined {
  return BY_KIND.get(`${group}/${kind}`);
}
