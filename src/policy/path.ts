/** Paths into a document, as people write them. */

/** Steps from the root: field names and indices. */
export type Path = readonly (string | number)[];

/** What a step leads to in any value: undefined where there is no such field or item. */
export function stepInto(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[step];
}

/** What a path leads to, undefined as for a step. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(stepInto, value);
}

const PLAIN_STEP = /^[A-Za-z_][\w-]*$/;

/** A path as people write it: `spec.containers[0].env`, `metadata.labels['app.kubernetes.io/name']`; empty for the root. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join('').replace(/^\./, '');
}

function formatStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return PLAIN_STEP.test(step) ? `.${step}` : `['${step.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
}

const STEP = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

/** The steps of a path written as `formatPath` writes it, or undefined where the text is no path. */
export function parsePath(text: string): Path | undefined {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const dotted = text[STEP.lastIndex] === '.';
    const match = STEP.exec(text);
    if (!match) return undefined;
    const [, name, index, single, double] = match;
    // The first name has no dot, every later one has.
    if (name !== undefined && dotted !== steps.length > 0) return undefined;
    steps.push(index === undefined ? (name ?? (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')) : Number(index));
  }
  return steps;
}
