/** What became of requests, counted: the summary of a run, and of a stretch of it. */
export type Outcome =
  /** As they were sent, or with something filled in. */
  | 'stored'
  | 'mutated'
  /** By us, with a finding. */
  | 'denied'
  /** Let in without having been judged: nobody of us answered, and the webhook is one that may be done without. */
  | 'missed'
  /** Refused by us where it had to be let in, or by the API server because of us. */
  | 'failed'
  /** The API server itself was away. */
  | 'unreachable';

export class Tally {
  readonly counts: Record<Outcome, number> = {
    stored: 0,
    mutated: 0,
    denied: 0,
    missed: 0,
    failed: 0,
    unreachable: 0,
  };
  /** Of the first that were missed or failed. */
  readonly details: string[] = [];

  count(outcome: Outcome, detail: string): void {
    this.counts[outcome] += 1;
    if ((outcome === 'missed' || outcome === 'failed') && this.details.length < 10) this.details.push(detail);
  }

  add(other: Tally): void {
    for (const outcome of Object.keys(other.counts) as Outcome[]) this.counts[outcome] += other.counts[outcome];
    this.details.push(...other.details);
  }

  get sent(): number {
    return Object.values(this.counts).reduce((sum, each) => sum + each, 0);
  }

  toString(): string {
    const { stored, mutated, denied, missed, failed, unreachable } = this.counts;
    return (
      `applies: ${this.sent} sent, ${denied} denied, ${mutated} mutated, ${stored} stored as they were, ` +
      `${missed} let in unjudged, ${unreachable} without an API server, ${failed} failed by us`
    );
  }
}
