/** JSON Schema of settings with the policies at hand: for editors, which then know each policy's name and parameters. */
import { ACTIONS } from '../engine/compile/enforcement.ts';
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { parametersSchema } from '../policy/parameters.ts';
import { enforcementSchema } from '../policy/schema.ts';
import { settingsSchema } from '../policy/settings.ts';

/** The schema (draft 2020-12) as JSON text with a newline at its end. */
export function settingsSchemaText({ policies }: PolicySet): string {
  const own = policies.filter(({ native }) => native === undefined).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { policies: open, ...others } = settingsSchema.properties;
  const { additionalProperties: _, ...rest } = open;
  const properties = Object.fromEntries(own.map((policy) => [policy.id, policySchemaOf(policy)]));
  const schema = {
    ...settingsSchema,
    title: 'Settings of Tidegate',
    properties: { ...others, policies: { ...rest, additionalProperties: false, properties } },
    $defs: { validating: enforcementOf('validating'), mutating: enforcementOf('mutating') },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function policySchemaOf({ policy }: CompiledPolicy): object {
  const { title, rationale, parameters, mutations } = policy.spec;
  return {
    type: 'object',
    title,
    description: rationale,
    additionalProperties: false,
    properties: {
      enforcement: { $ref: `#/$defs/${mutations ? 'mutating' : 'validating'}` },
      parameters: parametersSchema(parameters),
    },
  };
}

function enforcementOf(kind: keyof typeof ACTIONS): object {
  const action = { type: 'string', enum: ACTIONS[kind] };
  const { overrides } = enforcementSchema.properties;
  const items = { ...overrides.items, properties: { ...overrides.items.properties, action } };
  return {
    ...enforcementSchema,
    properties: { ...enforcementSchema.properties, action, overrides: { ...overrides, items } },
  };
}
