/** What the right answers say; each throws with the answer where it does not. */

/** Allowed, with no patch. */
export function expectAllowed(answer: string): void {
  const { response } = JSON.parse(answer);
  if (response.allowed !== true || response.patch !== undefined) throw new Error(`not simply allowed: ${answer}`);
}

const BROKEN = ['disallow-latest-if-not-present', 'require-liveness-probe', 'require-readiness-probe'];

/** What needs to know other objects of the cluster. */
export const BROKEN_IN_CLUSTER = ['require-anti-affinity', 'require-guaranteed-qos', 'require-image-pull-secrets'];

/** Denied, with every policy named that the bad review breaks, and those of `more`. */
export function expectDenied(answer: string, more: readonly string[] = []): void {
  const { response } = JSON.parse(answer);
  const missing = [...BROKEN, ...more].filter((policy) => !response.status?.message.includes(policy));
  if (response.allowed !== false || missing.length > 0) throw new Error(`not denied for ${missing}: ${answer}`);
}

const CHANGED = ['lifecycle', 'podAntiAffinity'];

/** Allowed, with a patch that every mutation has a part in. */
export function expectPatched(answer: string): void {
  const { response } = JSON.parse(answer);
  const patch = Buffer.from(response.patch ?? '', 'base64').toString('utf8');
  if (!CHANGED.every((field) => patch.includes(field))) throw new Error(`not patched: ${answer}`);
}
