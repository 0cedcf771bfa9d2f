/**
 * JSON Schemas of the native kinds, defaults as the API server fills them (pkg/apis/admissionregistration/v1/defaults.go).
 * What depends on more than one field is in native-rules.ts.
 */
import { LABEL_SELECTOR } from './schema.ts';

const TEXT = { type: 'string', minLength: 1 } as const;
const STRINGS = { type: 'array', minItems: 1, items: { type: 'string' } } as const;
const SELECTOR = { ...LABEL_SELECTOR, default: {} } as const;

const fields = <Fields extends object>(properties: Fields, required: readonly (keyof Fields & string)[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const RULE = fields(
  {
    apiGroups: STRINGS,
    apiVersions: { type: 'array', minItems: 1, items: TEXT },
    operations: { ...STRINGS, items: { type: 'string', enum: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'] } },
    resources: { type: 'array', minItems: 1, items: TEXT },
    resourceNames: { type: 'array', items: { type: 'string' } },
    scope: { type: 'string', enum: ['Cluster', 'Namespaced', '*'], default: '*' },
  },
  ['apiGroups', 'apiVersions', 'operations', 'resources'],
);

const MATCH_RESOURCES = fields({
  resourceRules: { type: 'array', items: RULE },
  excludeResourceRules: { type: 'array', items: RULE },
  namespaceSelector: SELECTOR,
  objectSelector: SELECTOR,
  matchPolicy: { type: 'string', enum: ['Exact', 'Equivalent'], default: 'Equivalent' },
});

const NAMED_EXPRESSIONS = {
  type: 'array',
  items: fields({ name: TEXT, expression: TEXT }, ['name', 'expression']),
} as const;

const EXPRESSION = fields({ expression: TEXT }, ['expression']);

const POLICY = {
  failurePolicy: { type: 'string', enum: ['Fail', 'Ignore'], default: 'Fail' },
  paramKind: fields({ apiVersion: TEXT, kind: TEXT }, ['apiVersion', 'kind']),
  matchConstraints: {
    ...MATCH_RESOURCES,
    properties: { ...MATCH_RESOURCES.properties, resourceRules: { type: 'array', minItems: 1, items: RULE } },
    required: ['resourceRules'],
  },
  matchConditions: { ...NAMED_EXPRESSIONS, maxItems: 64 },
  variables: NAMED_EXPRESSIONS,
} as const;

const VALIDATING_SPEC = fields(
  {
    ...POLICY,
    validations: {
      type: 'array',
      items: fields(
        {
          expression: TEXT,
          message: { type: 'string' },
          messageExpression: { type: 'string' },
          reason: { type: 'string', enum: ['Forbidden', 'Invalid', 'RequestEntityTooLarge'] },
        },
        ['expression'],
      ),
    },
    auditAnnotations: {
      type: 'array',
      maxItems: 20,
      items: fields({ key: TEXT, valueExpression: TEXT }, ['key', 'valueExpression']),
    },
  },
  ['matchConstraints'],
);

const MUTATING_SPEC = fields(
  {
    ...POLICY,
    mutations: {
      type: 'array',
      minItems: 1,
      items: fields(
        {
          patchType: { type: 'string', enum: ['ApplyConfiguration', 'JSONPatch'] },
          jsonPatch: EXPRESSION,
          applyConfiguration: EXPRESSION,
        },
        ['patchType'],
      ),
    },
    reinvocationPolicy: { type: 'string', enum: ['Never', 'IfNeeded'] },
  },
  ['matchConstraints', 'mutations', 'reinvocationPolicy'],
);

const binding = (version: string) => {
  const action = { type: 'string', enum: ['Allow', 'Deny'] } as const;
  const paramRef = {
    name: { type: 'string' },
    namespace: { type: 'string' },
    selector: LABEL_SELECTOR,
    // Only the first version of the API fills it in.
    parameterNotFoundAction: version === 'v1alpha1' ? { ...action, default: 'Deny' } : action,
  } as const;
  return {
    policyName: TEXT,
    paramRef: fields(paramRef, ['parameterNotFoundAction']),
    matchResources: MATCH_RESOURCES,
  };
};

const ACTIONS = { type: 'array', minItems: 1, items: { type: 'string', enum: ['Audit', 'Deny', 'Warn'] } } as const;

const SPECS: Readonly<Record<string, (version: string) => object>> = {
  ValidatingAdmissionPolicy: () => VALIDATING_SPEC,
  MutatingAdmissionPolicy: () => MUTATING_SPEC,
  ValidatingAdmissionPolicyBinding: (version) =>
    fields({ ...binding(version), validationActions: ACTIONS }, ['policyName', 'validationActions']),
  MutatingAdmissionPolicyBinding: (version) => fields(binding(version), ['policyName']),
};

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** Of a native policy or binding; undefined for any other kind or version. */
export function nativeSchema(apiVersion: string, kind: string): object | undefined {
  const [group, version = ''] = apiVersion.split('/');
  const spec = Object.hasOwn(SPECS, kind) ? SPECS[kind]?.(version) : undefined;
  if (group !== 'admissionregistration.k8s.io' || !VERSIONS.includes(version) || !spec) return undefined;
  return fields(
    {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, labels: TEXTS, annotations: TEXTS },
      },
      spec,
      status: { type: 'object' },
    },
    ['apiVersion', 'kind', 'metadata', 'spec'],
  );
}

const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];
