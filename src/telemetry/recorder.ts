/** What can be counted of admission, in our own words: the rooms that serve and load know nothing of Prometheus. */
export interface Recorder {
  /**
   * One answered request. `operation` is the request's, or `UNKNOWN` where the body held none; `verdict` is `allowed`,
   * `denied`, `patched`, `malformed` (no AdmissionReview) or `error` (our own mistake).
   */
  observeRequest(door: string, operation: string, verdict: string, seconds: number): void;
  /** One finding of a policy, by the action that its policy asks for; `Tolerated` for one that is not new. */
  observeFinding(policy: string, action: string): void;
  /** One change that a mutating policy made, or would make in Audit. */
  observeChange(policy: string, action: string): void;
  /** A rule that could not be evaluated. */
  observeFailure(policy: string): void;
  /** A rule whose answer depends on an object that could not be looked up. */
  observeNotJudged(policy: string): void;
  /** A policy set was loaded; `policies` are in force now, and the last good set where `ok` is false. */
  observeReload(ok: boolean, policies: number): void;
}

/** Metrics in the text format that Prometheus reads. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}
