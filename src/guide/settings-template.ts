/** `tidegate init`: a settings file that changes nothing, in which everything that can be set stands as a comment. */
import { stringify } from 'yaml';
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { RECOMMENDED } from '../policy/settings.ts';

export interface TemplateOptions {
  /** Where editors find the JSON Schema, relative to the file. */
  readonly schema?: string | undefined;
}

/** The file's text. Lines that start with `  # ` are settings at their defaults: without it, they are in force. */
export function settingsTemplate({ policies }: PolicySet, { schema }: TemplateOptions = {}): string {
  const head = schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`;
  const own = policies.filter(({ native }) => native === undefined);
  const categories = [...Map.groupBy(own, ({ policy }) => policy.spec.category)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `${head}${HEAD}\n${categories.map(([name, members]) => categoryBlock(name, members)).join('\n')}`;
}

const HEAD = `# Settings of Tidegate, for the webhook and the command line alike. All values here are the defaults.
apiVersion: tidegate.dev/v1alpha1
kind: Settings

# recommended: as the policies say. baseline: nothing is refused, warned about or changed, only recorded: for a start in a
# cluster that is in use. strict: every Warn is a Deny.
profile: ${RECOMMENDED.profile}

# Where nothing is judged or changed.
excludedNamespaces: [${RECOMMENDED.excludedNamespaces.join(', ')}]

# Whether policies may look up Secrets in the cluster, by name and without their content: true, or a list of namespaces. Rules
# that need one are not judged otherwise.
readSecrets: ${RECOMMENDED.readSecrets}

# In a cluster: how the API server asks. With failurePolicy Fail, requests are refused while no replica answers. Members of
# breakGlassGroups are never asked about. A namespaceSelector leaves out the namespaces that it does not select.
webhooks:
  timeoutSeconds: ${RECOMMENDED.webhooks.timeoutSeconds}
  validation: { failurePolicy: ${RECOMMENDED.webhooks.validation.failurePolicy} }
  breakGlassGroups: ['${RECOMMENDED.webhooks.breakGlassGroups.join("', '")}']
  namespaceSelector: {}

# In a cluster: whether findings of Warn and Audit are told by an Event on the object.
events: { enabled: ${RECOMMENDED.events.enabled} }

# In a cluster: how often all that is there already is judged, how fast, and which PolicyReports are written of it: auto,
# openreports.io, wgpolicyk8s.io or none. Sharded: every replica scans a part of the namespaces, and not one of them all.
scan:
  enabled: ${RECOMMENDED.scan.enabled}
  interval: ${RECOMMENDED.scan.interval}
  objectsPerSecond: ${RECOMMENDED.scan.objectsPerSecond}
  reports: ${RECOMMENDED.scan.reports}
  resultsPerReport: ${RECOMMENDED.scan.resultsPerReport}
  sharded: ${RECOMMENDED.scan.sharded}

# By policy: the action (validating: Deny, Warn, Audit, Off; mutating: Mutate, Audit, Off), others by namespace, and
# parameters. Take the # away from what you change. \`tidegate explain <policy>\` says what it means.
#   require-readiness-probe:
#     enforcement:
#       action: Warn
#       overrides:
#         - namespaceSelector: { matchLabels: { tidegate.dev/environment: dev } }
#           action: Audit
policies:
`;

function categoryBlock(name: string, policies: readonly CompiledPolicy[]): string {
  const sorted = policies.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return `  ## ───── ${name} ─────\n\n${sorted.map(policyBlock).join('\n')}`;
}

function policyBlock({ id, policy, enforcement, params }: CompiledPolicy): string {
  const { action } = enforcement;
  const settings = { enforcement: { action }, ...(Object.keys(params).length > 0 && { parameters: params }) };
  const text = stringify({ [id]: settings }, { lineWidth: 0 });
  return `  ## ${policy.spec.title}\n${text.trimEnd().replace(/^/gm, '  # ')}\n`;
}
