/** The auditAnnotations of native policies, collected as the API server publishes them. */
import type { Value } from '../../cel/value.ts';

/** In characters: the rest of a longer value is dropped. */
const MAX_VALUE = 10 * 1024;

/** The values of a key under all bindings and params, each once, in the order in which they came. */
export class AnnotationCollector {
  readonly #values = new Map<string, Set<string>>();

  /** Adds the value of a valueExpression; null and blank ones say that there is none. */
  add(policy: string, key: string, value: Value): void {
    const text = typeof value === 'string' ? value.trim() : '';
    if (text === '') return;
    const name = `${policy}/${key}`;
    const values = this.#values.get(name) ?? new Set();
    this.#values.set(name, values.add(text.slice(0, MAX_VALUE)));
  }

  /** By `<policy>/<key>`. */
  values(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#values].map(([name, values]) => [name, [...values].join(', ')]));
  }
}
