/** Who the API server says that we are. */
import type { KubeConfig } from '@kubernetes/client-node';
import { postJson, StatusError } from './client.ts';

const API_VERSION = 'authentication.k8s.io/v1';

/** Our user name, undefined where we may not ask. Rejects with a StatusError, or with the error of the connection. */
export async function ownUserName(config: KubeConfig, signal: AbortSignal): Promise<string | undefined> {
  const review = { apiVersion: API_VERSION, kind: 'SelfSubjectReview' };
  try {
    const answer = await postJson(config, `/apis/${API_VERSION}/selfsubjectreviews`, review, signal);
    const { userInfo } = answer['status'] as { readonly userInfo?: { readonly username?: string } };
    return userInfo?.username;
  } catch (error) {
    if (error instanceof StatusError && (error.statusCode === 403 || error.statusCode === 404)) return undefined;
    throw error;
  }
}
