/** What can be counted of admission, in our own words: the rooms that serve and load know nothing of Prometheus. */
export interface Recorder {
  /** A request has arrived; `observeEnd` follows, whatever comes of it. */
  observeArrival(): void;
  observeEnd(): void;
  /**
   * One answered request. `operation` is the request's, or `UNKNOWN` where the body held none; `verdict` is `allowed`,
   * `denied`, `patched`, `malformed` (no AdmissionReview) or `error` (our own mistake).
   */
  observeRequest(door: string, operation: string, verdict: string, seconds: number): void;
  /** One finding of a policy, by the action that its policy asks for; `Tolerated` for one that is not new. */
  observeFinding(policy: string, action: string): void;
  /** One change that a mutating policy made, or would make in Audit. */
  observeChange(policy: string, action: string): void;
  /** One change that was not on the object when it came to be validated: `undone`, `late` or `unseen`. */
  observeMissingChange(policy: string, cause: string): void;
  /** A rule that could not be evaluated. */
  observeFailure(policy: string): void;
  /** A rule whose answer depends on an object that could not be looked up. */
  observeNotJudged(policy: string): void;
  /**
   * A policy set was loaded; policies of these ids are in force now, those of the last good set where `ok` is false. Only
   * they are counted from now on, and what was counted of others is forgotten.
   */
  observeReload(ok: boolean, policies: readonly string[]): void;
  /** The webhook configurations were written, or could not be. */
  observeApply(ok: boolean): void;
  /** An Event was written; or it was not, because of `queue_full`, `rate_limited` or `failed`. */
  observeEvent(outcome: 'written' | EventDrop): void;
}

export type EventDrop = 'queue_full' | 'rate_limited' | 'failed';

/** Metrics in the text format that Prometheus reads. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}
