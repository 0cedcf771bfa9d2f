/** tidegate.yaml: one file of settings for the webhook and the command line alike. See docs/settings.md. */

import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonMap } from '../cel/value.ts';
import type { Path } from './path.ts';
import type { Enforcement, LabelSelector } from './policy.ts';
import type { Position, Problem } from './problem.ts';
import { enforcementSchema, LABEL_SELECTOR } from './schema.ts';
import { compileSchema, schemaErrors } from './schema-errors.ts';
import { schemaProblems } from './schema-problems.ts';
import { readDocuments } from './yaml-document.ts';

export const PROFILES = ['baseline', 'recommended', 'strict'] as const;

export type Profile = (typeof PROFILES)[number];

export interface Settings {
  readonly profile: Profile;
  /** Namespaces in which nothing is judged or mutated. */
  readonly excludedNamespaces: readonly string[];
  /** Namespaces whose Secrets policies may look up in the cluster, by name; all where it is true, none where it is false. */
  readonly readSecrets: boolean | readonly string[];
  /** How the API server asks a replica in the cluster; without meaning elsewhere. */
  readonly webhooks: WebhookSettings;
  /** Whether a replica in the cluster writes Events on the objects that Warn and Audit findings are about. */
  readonly events: { readonly enabled: boolean };
  /** By policy id. */
  readonly policies: Readonly<Record<string, PolicySettings>>;
}

export interface WebhookSettings {
  /** Ignore lets a request through that nobody answers. Mutation is always Ignore. */
  readonly validation: { readonly failurePolicy: 'Ignore' | 'Fail' };
  /** How long the API server waits for an answer. */
  readonly timeoutSeconds: number;
  /** Who is never asked about: a way in when all else is shut. */
  readonly breakGlassGroups: readonly string[];
  /** Only requests in namespaces that it selects are sent, of those that are not excluded. */
  readonly namespaceSelector: LabelSelector;
}

export interface PolicySettings {
  readonly enforcement?: Enforcement;
  readonly parameters?: JsonMap;
}

/** Where settings were read from, so that a value refused later can be named by file and line. */
export interface SettingsPlace {
  readonly file: string;
  /** Of the value at `path`, or its nearest ancestor that the file has. */
  locate(path: Path): Position | undefined;
  /** Of the key that ends `path`. */
  locateKey(path: Path): Position | undefined;
}

/** What holds without a settings file: the policies as they say, everywhere but in Kubernetes' own namespaces. */
export const RECOMMENDED: Settings = Object.freeze({
  profile: 'recommended',
  excludedNamespaces: Object.freeze(['kube-system', 'kube-public', 'kube-node-lease']),
  readSecrets: false,
  webhooks: Object.freeze({
    validation: Object.freeze({ failurePolicy: 'Ignore' }),
    timeoutSeconds: 3,
    breakGlassGroups: Object.freeze(['tidegate:break-glass']),
    namespaceSelector: Object.freeze({}),
  }),
  events: Object.freeze({ enabled: true }),
  policies: Object.freeze({}),
});

const WEBHOOKS = RECOMMENDED.webhooks;

/** JSON Schema (draft 2020-12) of a settings file. */
export const settingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind'],
  properties: {
    apiVersion: { const: 'tidegate.dev/v1alpha1' },
    kind: { const: 'Settings' },
    profile: { type: 'string', enum: PROFILES, default: RECOMMENDED.profile },
    excludedNamespaces: { type: 'array', items: { type: 'string' }, default: RECOMMENDED.excludedNamespaces },
    readSecrets: { type: ['boolean', 'array'], items: { type: 'string' }, default: RECOMMENDED.readSecrets },
    webhooks: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        validation: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            failurePolicy: { type: 'string', enum: ['Ignore', 'Fail'], default: WEBHOOKS.validation.failurePolicy },
          },
        },
        timeoutSeconds: { type: 'integer', minimum: 1, maximum: 10, default: WEBHOOKS.timeoutSeconds },
        breakGlassGroups: { type: 'array', items: { type: 'string' }, default: WEBHOOKS.breakGlassGroups },
        namespaceSelector: { ...LABEL_SELECTOR, default: WEBHOOKS.namespaceSelector },
      },
    },
    events: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: { enabled: { type: 'boolean', default: RECOMMENDED.events.enabled } },
    },
    policies: {
      // Null is what is left when all below is a comment.
      type: ['object', 'null'],
      default: {},
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          enforcement: enforcementSchema,
          parameters: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
  },
} as const;

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings; readonly place: SettingsPlace }
  | { readonly ok: false; readonly problems: readonly Problem[] };

let validate: ValidateFunction | undefined;

/** Reads one settings document, defaults filled in. Whether a policy of that id exists is the catalog's to say. */
export function parseSettings(text: string, file: string): ParsedSettings {
  const { documents, problems } = readDocuments(text, file);
  const [document, second] = documents;
  if (problems.length > 0) return { ok: false, problems };
  if (!document) return { ok: false, problems: [{ file, message: 'is empty', hint: HINT }] };
  if (second) {
    return { ok: false, problems: [{ file, ...second.locate([]), message: 'more than one document', hint: HINT }] };
  }
  validate ??= compileSchema(settingsSchema);
  if (!validate(document.value)) {
    return { ok: false, problems: schemaProblems(schemaErrors(validate.errors), document, file) };
  }
  const { policies, ...rest } = document.value as unknown as Settings;
  const { profile, excludedNamespaces, readSecrets, webhooks, events } = rest;
  const settings = Object.freeze({
    profile,
    excludedNamespaces,
    readSecrets,
    webhooks,
    events,
    policies: policies ?? {},
  });
  const { locate, locateKey } = document;
  return { ok: true, settings, place: { file, locate: (path) => locate(path), locateKey } };
}

const HINT = 'a settings file is one document with apiVersion: tidegate.dev/v1alpha1 and kind: Settings';
