/** What the chart says twice, made from the place that says it first: its table of values, and the schema of its settings. */
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

export interface Value {
  /** As `--set` has it: `image.tag`. */
  readonly path: string;
  /** The default, in JSON. */
  readonly fallback: string;
  readonly meaning: string;
}

/** The values of values.yaml in their order: every leaf, and every map with a comment of its own. A leaf without one has no meaning. */
export function valuesOf(text: string): readonly Value[] {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  return valuesIn(contents, '', '');
}

function valuesIn(map: YAMLMap, prefix: string, inherited: string): readonly Value[] {
  return map.items.flatMap((pair, index): readonly Value[] => {
    const path = `${prefix}${String(pair.key)}`;
    // The comment above the first key belongs, for the parser, to the map.
    const meaning = meaningIn(commentOf(pair) ?? (index === 0 ? inherited : ''));
    if (meaning === '' && isMap(pair.value) && pair.value.items.length > 0)
      return valuesIn(pair.value, `${path}.`, pair.value.commentBefore ?? '');
    return [{ path, fallback: JSON.stringify(pair.value), meaning }];
  });
}

function commentOf({ key }: Pair): string | undefined {
  return isScalar(key) ? (key.commentBefore ?? undefined) : undefined;
}

/** What follows `--`, on one line. */
function meaningIn(comment: string): string {
  return /^ -- ([\s\S]*)/m.exec(comment)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
}

/** A page with the table of values between its two markers. */
export function withValuesTable(page: string, values: readonly Value[]): string {
  const rows = values.map(({ path, fallback, meaning }) => `| \`${path}\` | \`${fallback}\` | ${meaning} |`);
  const table = ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return page.replace(/(<!-- values:[^>]*-->\n)[\s\S]*?(<!-- end of values -->)/, (_, before, after) => {
    return `${before}${table}\n${after}`;
  });
}

interface Schema {
  readonly [key: string]: unknown;
  readonly $defs: Readonly<Record<string, unknown>>;
}

/**
 * The chart's schema with `settings` as docs/settings.schema.json has them: what is wrong is named by `helm install`. Policies
 * that only the user has may be set too, by any name.
 */
export function withSettings(chart: Schema, settings: Schema): Schema {
  const { $schema: _, required: __, $defs, ...root } = bare(settings) as Schema;
  const { policies, ...others } = root['properties'] as Readonly<Record<string, object>>;
  const ownPolicy = {
    type: 'object',
    additionalProperties: false,
    properties: { enforcement: { type: 'object' }, parameters: { type: 'object' } },
  };
  const properties = { ...others, policies: { ...policies, additionalProperties: ownPolicy } };
  return { ...chart, $defs: { ...chart.$defs, settings: { ...root, properties }, ...$defs } };
}

const WORDS: ReadonlySet<string> = new Set(['title', 'description', 'default']);

/** Without what is for readers: the chart, schema and all, is in a Secret of the cluster for every revision. */
function bare(schema: unknown, isNames = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => bare(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => isNames || !(WORDS.has(key) || isForeignPattern(key, value)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value, key === 'properties' && !isNames)]));
}

/** Helm is written in Go, whose regular expressions cannot look around; the program itself checks these. */
function isForeignPattern(key: string, value: unknown): boolean {
  return key === 'pattern' && /\(\?<?[=!]/.test(String(value));
}
