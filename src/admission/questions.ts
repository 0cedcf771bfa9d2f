/** What one judgement asks of the cluster: collected while it runs, and answered before the next. */

export interface Pending {
  /** Whether something was asked since the last time whose answer is not known. */
  readonly wanting: boolean;
  /** Asks all of that at once; settles when all is answered. Never rejects. */
  ask(signal: AbortSignal): Promise<void>;
}

export interface Questions<Q, A> extends Pending {
  /** The answer; undefined where it is not known, or not known yet: then the question is noted. */
  answer(question: Q): A | undefined;
}

/**
 * Nothing is known yet. A question is asked once, however often it comes, and at most `limit` different ones: what is asked
 * beyond stays unknown. `ask` never rejects, settles when the signal aborts, and gives undefined for what will not be known.
 */
export function questions<Q, A>(
  limit: number,
  ask: (question: Q, signal: AbortSignal) => Promise<A | undefined>,
): Questions<Q, A> {
  const known = new Map<string, A | undefined>();
  const open = new Map<string, Q>();
  return {
    answer(question) {
      const key = JSON.stringify(question);
      if (!known.has(key) && known.size + open.size < limit) open.set(key, question);
      return known.get(key);
    },
    get wanting() {
      return open.size > 0;
    },
    async ask(signal) {
      const asked = [...open];
      open.clear();
      const answers = await Promise.all(asked.map(([, question]) => ask(question, signal)));
      for (const [index, [key]] of asked.entries()) known.set(key, answers[index]);
    },
  };
}
