/** The two parts of an apiVersion: `apps/v1` is version v1 of the group apps, `v1` alone of the core group. */

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
