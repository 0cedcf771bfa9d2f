/** The Service of an installation as the owner of what the program makes itself: what it owns goes when it goes. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJsonIfThere } from './client.ts';
import { collectionPath, fieldSelectorOf, listCollection, objectPath } from './collection.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Undefined where there is no Service of that name; rejects as getJson does. Asks by `list`, the verb that look-ups have. */
export async function ownerService(
  config: KubeConfig,
  namespace: string,
  name: string,
): Promise<OwnerReference | undefined> {
  const collection = { apiVersion: 'v1', resource: 'services', namespace, name };
  const { items } = await listCollection(config, collectionPath(collection), fieldSelectorOf(collection));
  const uid = items[0]?.metadata?.uid;
  return uid === undefined ? undefined : { apiVersion: 'v1', kind: 'Service', name, uid };
}

/**
 * The webhook configuration of an installation, the owner of what it writes into other namespaces, where a Service owns nothing.
 * Undefined where there is none; rejects as getJson does.
 */
export async function ownerWebhooks(
  config: KubeConfig,
  name: string,
  signal: AbortSignal,
): Promise<OwnerReference | undefined> {
  const [apiVersion, kind] = ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'];
  const path = objectPath({ apiVersion, resource: 'validatingwebhookconfigurations', name });
  const found = await getJsonIfThere(config, path, signal);
  const uid = (found?.['metadata'] as { readonly uid?: string } | undefined)?.uid;
  return uid === undefined ? undefined : { apiVersion, kind, name, uid };
}
