/**
 * JSON Schemas of the `status` of our resources, for their CustomResourceDefinitions. In files a status is not looked at: it is
 * there where somebody has saved what `kubectl get -o yaml` printed.
 */

const CONDITIONS = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  description: 'Ready: whether it is in force as it is written.',
  items: {
    type: 'object',
    required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
    properties: {
      type: { type: 'string', maxLength: 316, description: 'Ready.' },
      status: { type: 'string', enum: ['True', 'False', 'Unknown'], description: 'True is good.' },
      observedGeneration: {
        type: 'integer',
        format: 'int64',
        minimum: 0,
        description: 'The metadata.generation that this was said of.',
      },
      lastTransitionTime: { type: 'string', format: 'date-time', description: 'When `status` became what it is.' },
      reason: { type: 'string', minLength: 1, maxLength: 1024, description: 'In one word, for programs.' },
      message: { type: 'string', maxLength: 32_768, description: 'What is wrong and where, a line each.' },
    },
  },
} as const;

/** Of a Policy's status. */
export const policyStatusSchema = {
  type: 'object',
  description: 'Written by Tidegate.',
  properties: {
    conditions: CONDITIONS,
    action: {
      type: 'string',
      description: 'What is done about a finding, with the settings and the profile of this installation.',
    },
    inForce: {
      type: 'string',
      enum: ['current', 'previous', 'none'],
      description: 'Which version judges: this one, the last one that was right, or none.',
    },
    findings: { type: 'integer', format: 'int64', minimum: 0, description: 'Of the last scan of the cluster.' },
  },
} as const;

/** Of a PolicyException's status. */
export const exceptionStatusSchema = {
  type: 'object',
  description: 'Written by Tidegate.',
  properties: { conditions: CONDITIONS },
} as const;
