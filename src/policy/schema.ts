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
    matchLabels: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Labels and the values that they must have.',
    },
    matchExpressions: {
      type: 'array',
      description: 'All must hold, and all of `matchLabels`.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['key', 'operator'],
        properties: {
          key: { ...NAME, description: 'Of the label.' },
          operator: {
            type: 'string',
            enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
            description: 'NotIn holds where there is no such label, too.',
          },
          values: { ...STRINGS, description: 'With In and NotIn: at least one; else none.' },
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
      apiVersions: { ...STRINGS, minItems: 1, description: '`v1`, `*` for all.' },
      operations: {
        type: 'array',
        minItems: 1,
        description: '`*` for all four.',
        items: { type: 'string', enum: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'] },
      },
      resources: {
        ...STRINGS,
        minItems: 1,
        description: '`pods`, `pods/ephemeralcontainers`, `pods/*`, `*/scale`, `*`.',
      },
      resourceNames: { ...STRINGS, description: 'Only objects of these names; all where it is left out.' },
      scope: {
        type: 'string',
        enum: ['Cluster', 'Namespaced', '*'],
        description: 'Only cluster-scoped objects, or only those in namespaces. Default `*`.',
      },
    },
  },
} as const;

const NAMED_EXPRESSIONS = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'expression'],
    properties: { name: { ...NAME, description: 'Unique in the list.' }, expression: expression('CEL.') },
  },
} as const;

const PATCH = {
  patchType: {
    type: 'string',
    enum: ['JSONPatch', 'ApplyConfiguration'],
    description: 'As in a MutatingAdmissionPolicy; it follows from which of the two is given.',
  },
  jsonPatch: {
    type: 'object',
    description: 'Operations of RFC 6902.',
    additionalProperties: false,
    required: ['expression'],
    properties: { expression: expression('CEL that yields a list of JSONPatch{}.') },
  },
  applyConfiguration: {
    type: 'object',
    description: 'A part of an object, merged into it.',
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
    action: { ...ACTION, description: 'What is done about a finding. Default Deny; Mutate where there are mutations.' },
    overrides: {
      type: 'array',
      description: 'The first whose selector matches the Namespace of the request wins over `action`.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['namespaceSelector', 'action'],
        properties: {
          namespaceSelector: { ...LABEL_SELECTOR, description: 'By the labels of the Namespace.' },
          action: { ...ACTION, description: 'In these namespaces.' },
        },
      },
    },
    existing: {
      type: 'string',
      enum: ['Tolerate', 'Enforce'],
      description: 'Tolerate (default): what the old object has too, or the owner of a Pod, becomes a warning.',
    },
  },
} as const;

const SPEC = {
  type: 'object',
  additionalProperties: false,
  description: 'What is judged or changed, by which rules, and what is done about what they find.',
  required: ['title', 'category', 'severity', 'rationale', 'remediation'],
  properties: {
    title: { ...TEXT, description: 'What is asked for, as a sentence without a full stop.' },
    description: { type: 'string', description: 'More, for documentation.' },
    category: { ...TEXT, description: 'The heading under which policies are listed.' },
    severity: { type: 'string', enum: ['high', 'medium', 'low'], description: 'How much a finding matters.' },
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
    enforcement: {
      ...enforcementSchema,
      description: 'What is done about findings. Settings of Tidegate, by the name of the policy, win over it.',
    },
    parameters: {
      type: 'object',
      properties: {
        properties: {
          type: 'object',
          additionalProperties: { type: 'object' },
          description: 'A schema for each parameter.',
        },
      },
      'x-kubernetes-preserve-unknown-fields': true,
      description: 'A JSON Schema (draft 2020-12) of an object; its defaults are the defaults of `params`.',
    },
    matchConstraints: {
      type: 'object',
      description: 'Which requests are judged, as in a ValidatingAdmissionPolicy. Required with subject Resource.',
      additionalProperties: false,
      properties: {
        resourceRules: { ...RULES, description: 'Requests that one of these covers.' },
        excludeResourceRules: { ...RULES, description: 'But not those that one of these covers.' },
        namespaceSelector: { ...LABEL_SELECTOR, description: 'By the labels of the Namespace of the object.' },
        objectSelector: { ...LABEL_SELECTOR, description: 'By the labels of the object, or of the old one.' },
        matchPolicy: {
          type: 'string',
          enum: ['Exact', 'Equivalent'],
          description: 'Equivalent (default): by other versions of the API too.',
        },
      },
    },
    matchConditions: { ...NAMED_EXPRESSIONS, description: 'All must be true for a request to be judged.' },
    variables: { ...NAMED_EXPRESSIONS, description: 'Each sees those before it, as `variables.name`.' },
    failurePolicy: {
      type: 'string',
      enum: ['Fail', 'Ignore'],
      description: 'Fail (default): a rule that cannot be evaluated refuses the request, where a finding would.',
    },
    validations: {
      type: 'array',
      minItems: 1,
      description: 'Rules that judge. A policy has validations or mutations, never both.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['expression'],
        properties: {
          name: { ...NAME, description: 'Unique in the policy. Default: its place, as `rule-1`.' },
          forEach: expression('CEL that yields a list or a map; `item` is bound to each of its values.'),
          expression: expression('CEL that yields a bool; true is good.'),
          message: { ...TEXT, description: 'What is wrong. Default: the expression.' },
          messageExpression: expression('CEL that yields a string.'),
          reason: {
            type: 'string',
            enum: ['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge'],
            description: 'Of the status of a refused request. Default Forbidden.',
          },
          action: {
            type: 'string',
            enum: ['Deny', 'Warn', 'Audit'],
            description: 'Where the rule is milder than the policy.',
          },
          actionExpression: expression('CEL that yields the action of a broken rule, in its place.'),
          advisory: { type: 'boolean', description: 'At most a warning, in profile strict too.' },
          path: { ...TEXT, description: 'Where the finding points, relative to the item or to `object`.' },
          fix: {
            type: 'object',
            additionalProperties: false,
            properties: PATCH,
            description: 'What would mend it: offered only after it was applied and judged again.',
          },
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
      description: 'Rules that change the object.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          name: { ...NAME, description: 'Unique in the policy. Default: its place, as `rule-1`.' },
          ...PATCH,
        },
      },
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
