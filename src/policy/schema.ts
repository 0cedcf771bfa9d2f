/**
 * JSON Schema (draft 2020-12) of the Policy resource: what parse.ts checks, and what the CRD is made from. Descriptions
 * are for `kubectl explain` and docs/policy.md. It is kept to what a structural schema can say; what depends on more than one field is
 * checked by engine/compile/.
 */

const NAME = { type: 'string', minLength: 1 } as const;
const TEXT = { type: 'string', minLength: 1 } as const;
const STRINGS = { type: 'array', items: { type: 'string' } } as const;
const ACTION = { type: 'string', enum: ['Deny', 'Warn', 'Audit', 'Mutate', 'Off'] } as const;

const expression = (description: string) => ({ type: 'string', minLength: 1, description });

/** Of a label selector. */
export const LABEL_SELECTOR = {
  type: 'object',
  additionalProperties: false,
  properties: {
    matchLabels: { type: 'object', additionalProperties: { type: 'string' } },
    matchExpressions: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['key', 'operator'],
        properties: {
          key: NAME,
          operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
          values: STRINGS,
        },
      },
    },
  },
} as const;

const RULES = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['apiGroups', 'apiVersions', 'operations', 'resources'],
    properties: {
      apiGroups: { ...STRINGS, minItems: 1, description: '`""` for the core group, `*` for all.' },
      apiVersions: { ...STRINGS, minItems: 1 },
      operations: {
        type: 'array',
        minItems: 1,
        items: { type: 'string', enum: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'] },
      },
      resources: {
        ...STRINGS,
        minItems: 1,
        description: '`pods`, `pods/ephemeralcontainers`, `pods/*`, `*/scale`, `*`.',
      },
      resourceNames: STRINGS,
      scope: { type: 'string', enum: ['Cluster', 'Namespaced', '*'] },
    },
  },
} as const;

const NAMED_EXPRESSIONS = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'expression'],
    properties: { name: NAME, expression: expression('CEL.') },
  },
} as const;

const PATCH = {
  patchType: { type: 'string', enum: ['JSONPatch', 'ApplyConfiguration'] },
  jsonPatch: {
    type: 'object',
    additionalProperties: false,
    required: ['expression'],
    properties: { expression: expression('CEL that yields a list of JSONPatch{}.') },
  },
  applyConfiguration: {
    type: 'object',
    additionalProperties: false,
    required: ['expression'],
    properties: { expression: expression('CEL that yields an Object{}, merged like a server-side apply.') },
  },
} as const;

/** Of `enforcement`, in policies and settings alike. */
export const enforcementSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    action: ACTION,
    overrides: {
      type: 'array',
      description: 'The first whose selector matches the Namespace of the request wins over `action`.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['namespaceSelector', 'action'],
        properties: { namespaceSelector: LABEL_SELECTOR, action: ACTION },
      },
    },
    existing: {
      type: 'string',
      enum: ['Tolerate', 'Enforce'],
      description: 'Tolerate (default): on UPDATE, a finding that the old object has too becomes a warning.',
    },
  },
} as const;

const SPEC = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'category', 'severity', 'rationale', 'remediation'],
  properties: {
    title: TEXT,
    description: { type: 'string' },
    category: TEXT,
    severity: { type: 'string', enum: ['high', 'medium', 'low'] },
    rationale: { ...TEXT, description: 'Why it matters, one sentence: shown in the denial.' },
    remediation: { ...TEXT, description: 'What to do, one sentence: shown where no fix is known.' },
    subject: {
      type: 'string',
      enum: ['PodTemplate', 'Resource'],
      description: 'PodTemplate: `object` is the Pod that the object is or makes. Default Resource.',
    },
    ownedPods: {
      type: 'string',
      enum: ['Skip', 'Judge'],
      description:
        'Skip (default): Pods of controllers that were judged are skipped, those of others are audited at most.',
    },
    excludedNamespaces: {
      type: 'string',
      enum: ['Skip', 'Judge'],
      description: 'Judge: also in the namespaces that the settings exclude. Default Skip.',
    },
    enforcement: enforcementSchema,
    parameters: {
      type: 'object',
      properties: { properties: { type: 'object', additionalProperties: { type: 'object' } } },
      'x-kubernetes-preserve-unknown-fields': true,
      description: 'A JSON Schema (draft 2020-12) of an object; its defaults are the defaults of `params`.',
    },
    matchConstraints: {
      type: 'object',
      additionalProperties: false,
      properties: {
        resourceRules: RULES,
        excludeResourceRules: RULES,
        namespaceSelector: LABEL_SELECTOR,
        objectSelector: LABEL_SELECTOR,
        matchPolicy: { type: 'string', enum: ['Exact', 'Equivalent'] },
      },
    },
    matchConditions: NAMED_EXPRESSIONS,
    variables: NAMED_EXPRESSIONS,
    failurePolicy: { type: 'string', enum: ['Fail', 'Ignore'] },
    validations: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['expression'],
        properties: {
          name: NAME,
          forEach: expression('CEL that yields a list or a map; `item` is bound to each of its values.'),
          expression: expression('CEL that yields a bool; true is good.'),
          message: TEXT,
          messageExpression: expression('CEL that yields a string.'),
          reason: { type: 'string', enum: ['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge'] },
          action: {
            type: 'string',
            enum: ['Deny', 'Warn', 'Audit'],
            description: 'Where the rule is milder than the policy.',
          },
          actionExpression: expression('CEL that yields the action of a broken rule, in its place.'),
          advisory: { type: 'boolean', description: 'At most a warning, in profile strict too.' },
          path: { ...TEXT, description: 'Where the finding points, relative to the item or to `object`.' },
          fix: { type: 'object', additionalProperties: false, properties: PATCH },
          template: {
            ...TEXT,
            description:
              'YAML to fill in, from the item or `object` along `path`, for what only a person can know: `tidegate fix --templates` leaves it as a comment.',
          },
        },
      },
    },
    mutations: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', additionalProperties: false, properties: { name: NAME, ...PATCH } },
    },
  },
} as const;

/** Of a whole Policy. Unknown fields are refused everywhere but in `metadata`, `status` and `spec.parameters`. */
export const policySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: 'tidegate.dev/v1alpha1' },
    kind: { const: 'Policy' },
    metadata: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        annotations: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    spec: SPEC,
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
} as const;
