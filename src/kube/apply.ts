/** Server-side apply: we say which fields are ours, and the API server keeps everybody else's. */
import type { KubeConfig } from '@kubernetes/client-node';
import { type JsonObject, patchJson } from './client.ts';

export interface ApplyOptions {
  /** Whose fields these are. A field that is not in the next apply of the same manager is removed. */
  readonly fieldManager: string;
  /** Takes fields over from other managers; without it, they are a conflict (409). */
  readonly force?: boolean;
  /** `status`, for the fields there. */
  readonly subresource?: string;
  readonly signal?: AbortSignal;
}

/**
 * Applies `object`, which needs apiVersion, kind and metadata.name, to its `path`, and returns it as it is then. It makes the
 * object where there is none, unless `metadata.uid` says which one is meant: then it rejects with status 409. Rejects with a
 * StatusError, or with the error of the connection.
 */
export function serverSideApply(
  config: KubeConfig,
  path: string,
  object: object,
  { fieldManager, force = false, subresource, signal }: ApplyOptions,
): Promise<JsonObject> {
  const query = new URLSearchParams({ fieldManager, force: String(force), fieldValidation: 'Strict' });
  const target = subresource === undefined ? path : `${path}/${encodeURIComponent(subresource)}`;
  // YAML is what the media type says, and JSON is YAML.
  const patch = { type: 'application/apply-patch+yaml', value: object };
  return patchJson(config, `${target}?${query}`, patch, signal);
}
