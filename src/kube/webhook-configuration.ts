/** The two webhook configurations of an installation: watched by name, written by server-side apply, never made. */
import type { KubeConfig } from '@kubernetes/client-node';
import { serverSideApply } from './apply.ts';
import type { JsonObject } from './client.ts';
import { objectPath } from './collection.ts';
import { type Informer, informer } from './informer.ts';

/** One of the two objects, as it was seen last. */
export interface ConfigurationState {
  readonly uid: string;
  /** Changes with every write, whoever writes. */
  readonly version: string;
}

export const CONFIGURATION_KINDS = ['mutating', 'validating'] as const;
export type ConfigurationKind = (typeof CONFIGURATION_KINDS)[number];

export interface WebhookConfigurations {
  /** Null where there is no such object, undefined where that is not known. */
  seen(kind: ConfigurationKind): ConfigurationState | null | undefined;
  /** Writes the list into the object of that uid, and into no other; rejects where that cannot be done. */
  apply(kind: ConfigurationKind, uid: string, webhooks: readonly object[]): Promise<ConfigurationState>;
  onChange(listener: () => void): void;
  stop(): void;
}

const API_VERSION = 'admissionregistration.k8s.io/v1';
const OBJECTS = {
  mutating: { kind: 'MutatingWebhookConfiguration', resource: 'mutatingwebhookconfigurations' },
  validating: { kind: 'ValidatingWebhookConfiguration', resource: 'validatingwebhookconfigurations' },
} as const;
const FIELD_MANAGER = 'tidegate';
const TIMEOUT_MS = 10_000;

/** Watches both objects of that name. `report` is told of a watch that failed; it mends itself. */
export function webhookConfigurations(
  config: KubeConfig,
  name: string,
  report: (message: string) => void,
): WebhookConfigurations {
  const collectionOf = (kind: ConfigurationKind) => ({
    apiVersion: API_VERSION,
    resource: OBJECTS[kind].resource,
    name,
  });
  const watch = (kind: ConfigurationKind): Informer =>
    informer(config, collectionOf(kind), ({ message }) => report(message));
  const watches = { mutating: watch('mutating'), validating: watch('validating') };
  const both = Object.values(watches);
  return {
    seen: (kind) => {
      const object = watches[kind].get('', name);
      return object ? stateOf(object) : object;
    },
    apply: async (kind, uid, webhooks) => {
      // With its uid, an object that was deleted meanwhile is a conflict: without, the apply would make it anew.
      const object = { apiVersion: API_VERSION, kind: OBJECTS[kind].kind, metadata: { name, uid }, webhooks };
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const options = { fieldManager: FIELD_MANAGER, force: true, signal };
      return stateOf(await serverSideApply(config, objectPath(collectionOf(kind)), object, options));
    },
    onChange: (listener) => {
      for (const each of both) each.onChange(listener);
    },
    stop: () => {
      for (const each of both) each.stop();
    },
  };
}

function stateOf(object: JsonObject): ConfigurationState {
  const { uid = '', resourceVersion = '' } = object['metadata'] as {
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
  return { uid, version: resourceVersion };
}
