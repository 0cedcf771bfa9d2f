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
  /** How the replicas in a cluster look at what is there already; without meaning elsewhere. */
  readonly scan: ScanSettings;
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

export interface ScanSettings {
  readonly enabled: boolean;
  /** `10m`: from the beginning of one round to that of the next. See intervalMs. */
  readonly interval: string;
  /** How many objects are judged each second, at most. */
  readonly objectsPerSecond: number;
  /** The group of the PolicyReports that are written; `auto`: openreports.io where it is served, else the other, else none. */
  readonly reports: (typeof REPORT_GROUPS)[number];
  /** Results in one PolicyReport, at most. */
  readonly resultsPerReport: number;
  /** Whether every ready replica scans its part of the namespaces, and not the elected one all of them. */
  readonly sharded: boolean;
}

const REPORT_GROUPS = ['auto', 'openreports.io', 'wgpolicyk8s.io', 'none'] as const;

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Of an interval as settings have it (`30s`, `10m`, `1h`), in milliseconds. */
export function intervalMs(interval: string): number {
  return Number(interval.slice(0, -1)) * UNITS[interval.slice(-1) as keyof typeof UNITS];
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
  scan: Object.freeze({
    enabled: true,
    interval: '10m',
    objectsPerSecond: 100,
    reports: 'auto',
    resultsPerReport: 500,
    sharded: false,
  }),
  policies: Object.freeze({}),
});

const { webhooks: WEBHOOKS, scan: SCAN } = RECOMMENDED;

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
    scan: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: { type: 'boolean', default: SCAN.enabled },
        interval: { type: 'string', pattern: '^[1-9][0-9]{0,4}[smh]$', default: SCAN.interval },
        objectsPerSecond: { type: 'integer', minimum: 1, maximum: 10_000, default: SCAN.objectsPerSecond },
        reports: { type: 'string', enum: REPORT_GROUPS, default: SCAN.reports },
        // Of a thousand the longest still fit into what the API server takes.
        resultsPerReport: { type: 'integer', minimum: 1, maximum: 1000, default: SCAN.resultsPerReport },
        sharded: { type: 'boolean', default: SCAN.sharded },
      },
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
  const { profile, excludedNamespaces, readSecrets, webhooks, events, scan } = rest;
  const settings = Object.freeze({
    profile,
    excludedNamespaces,
    readSecrets,
    webhooks,
    events,
    scan,
    policies: policies ?? {},
  });
  const { locate, locateKey } = document;
  return { ok: true, settings, place: { file, locate: (path) => locate(path), locateKey } };
}

const HINT = 'a settings file is one document with apiVersion: tidegate.dev/v1alpha1 and kind: Settings';
