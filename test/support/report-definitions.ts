/**
 * The definitions of openreports.io/v1alpha1 and wgpolicyk8s.io/v1alpha2, the API of cluster reports: every field that they
 * have, with its type, in as few words as that takes. Those that people install say the same at greater length.
 */
interface Schema {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic';
}

export interface Definition {
  readonly apiVersion: string;
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly scope: 'Cluster' | 'Namespaced';
    readonly versions: readonly [{ readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }];
  };
}

const TEXT: Schema = { type: 'string' };
const NUMBER: Schema = { type: 'integer' };
const TEXTS: Schema = { type: 'object', additionalProperties: TEXT };
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, Schema>>, required?: readonly string[]): Schema => ({
  type: 'object',
  properties,
  ...(required && { required }),
});
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });

const REFERENCE = object({
  apiVersion: TEXT,
  fieldPath: TEXT,
  kind: TEXT,
  name: TEXT,
  namespace: TEXT,
  resourceVersion: TEXT,
  uid: TEXT,
});
const REQUIREMENT = object({ key: TEXT, operator: TEXT, values: listOf(TEXT) }, ['key', 'operator']);
const SELECTOR = object({ matchExpressions: listOf(REQUIREMENT), matchLabels: TEXTS });
const RESULTS = ['pass', 'fail', 'warn', 'error', 'skip'];
const SUMMARY = object({ pass: NUMBER, fail: NUMBER, warn: NUMBER, error: NUMBER, skip: NUMBER });
const LIMITS = object({ maxResults: NUMBER, statusFilter: listOf(oneOf(...RESULTS)) });

function resultOf(severities: readonly string[]): Schema {
  const properties = {
    category: TEXT,
    message: TEXT,
    policy: TEXT,
    properties: TEXTS,
    resourceSelector: SELECTOR,
    resources: listOf(REFERENCE),
    result: oneOf(...RESULTS),
    rule: TEXT,
    scored: { type: 'boolean' },
    severity: oneOf(...severities),
    source: TEXT,
    timestamp: object({ nanos: NUMBER, seconds: NUMBER }, ['nanos', 'seconds']),
  };
  return object(properties, ['policy']);
}

function definition(
  [group, version]: readonly [string, string],
  [kind, plural, scope]: readonly [string, string, 'Cluster' | 'Namespaced'],
  fields: Readonly<Record<string, Schema>>,
): Definition {
  const root = { apiVersion: TEXT, kind: TEXT, metadata: { type: 'object' } };
  const schema = { openAPIV3Schema: object({ ...root, ...fields, scope: REFERENCE, scopeSelector: SELECTOR }) };
  const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
  const served = { name: version, served: true, storage: true, schema };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, names, scope, versions: [served] },
  };
}

const OPEN = {
  configuration: object({ limits: LIMITS }, ['limits']),
  results: listOf(resultOf(['critical', 'high', 'low', 'medium', 'info'])),
  source: TEXT,
  summary: SUMMARY,
};
// Its first release knew these three severities only.
const WORKING_GROUP = { results: listOf(resultOf(['high', 'low', 'medium'])), summary: SUMMARY };

/** Those of both groups, for `kubectl apply`. */
export const REPORT_DEFINITIONS: readonly Definition[] = [
  definition(['openreports.io', 'v1alpha1'], ['Report', 'reports', 'Namespaced'], OPEN),
  definition(['openreports.io', 'v1alpha1'], ['ClusterReport', 'clusterreports', 'Cluster'], OPEN),
  definition(['wgpolicyk8s.io', 'v1alpha2'], ['PolicyReport', 'policyreports', 'Namespaced'], WORKING_GROUP),
  definition(['wgpolicyk8s.io', 'v1alpha2'], ['ClusterPolicyReport', 'clusterpolicyreports', 'Cluster'], WORKING_GROUP),
];
