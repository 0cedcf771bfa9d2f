/** How much one request may cost before it is turned away; the reasons are beside the numbers. */
export interface Limits {
  readonly bodyBytes: number;
  /** Levels of JSON in one body. */
  readonly depth: number;
  readonly requestTimeoutMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = Object.freeze({
  // The API server takes objects of up to 3 MiB. A review holds the object and the old one, and 1 MiB is ample for the
  // user, the options and JSON's own growth by escapes: 3 + 3 + 1.
  bodyBytes: 7 * MIB,
  // The deepest schemas of Kubernetes need about 30 levels; functions that walk an object call themselves once per level.
  depth: 250,
  // After 10 seconds, its default, the API server no longer waits for an answer.
  requestTimeoutMs: 10_000,
});
