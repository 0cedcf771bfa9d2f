/**
 * A Secret as policies see it: everything but its content. A policy's message, fix or parameter could carry a value out, so
 * what it gets to see are the names of the keys; only functions of this folder look inside, by `secretText`.
 */
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';

/** What the functions of this folder ask for. Nothing else of a Secret is kept in memory. */
const LOOKED_INTO: ReadonlySet<string> = new Set([
  '.dockerconfigjson',
  '.dockercfg',
  'tls.crt',
  'tls.key',
  'expiration',
]);

/** A value of a Secret in CEL: it is there, and that is all. No text, no size, equal to nothing but itself. */
class SecretValue extends Boxed {
  readonly typeName = 'tidegate.SecretValue';
  // Private for the language too: no JSON, no inspection of the value shows it.
  readonly #text: string | undefined;

  constructor(text: string | undefined) {
    super();
    this.#text = text;
  }

  static textOf(value: SecretValue): string | undefined {
    return value.#text;
  }
}

const views = new WeakMap<JsonMap, JsonMap>();

/**
 * What `resources.get` and `resources.list` give of a Secret: apiVersion, kind, type, immutable, metadata without
 * annotations (clients keep whole objects in them) and managedFields, and in `data` the keys of data and stringData, each with
 * a value that shows nothing. The same view for the same Secret; a view of a view is itself.
 */
export function secretView(secret: JsonMap): JsonMap {
  const known = views.get(secret) ?? viewOf(secret);
  views.set(secret, known);
  views.set(known, known);
  return known;
}

function viewOf(secret: JsonMap): JsonMap {
  const { apiVersion = 'v1', kind = 'Secret', type = 'Opaque', immutable } = secret;
  const { annotations: _annotations, managedFields: _managedFields, ...metadata } = asMap(secret['metadata']);
  const keys = [...Object.keys(asMap(secret['data'])), ...Object.keys(asMap(secret['stringData']))];
  const data = Object.fromEntries(
    keys.map((key) => [key, new SecretValue(LOOKED_INTO.has(key) ? secretText(secret, key) : undefined)]),
  );
  return Object.freeze({ apiVersion, kind, metadata, type, ...(immutable !== undefined && { immutable }), data });
}

/**
 * The text under a key of a Secret, or of a view of one; undefined where it has no such key, or one that no function looks
 * into. Of `stringData`, which wins as it does in the API server, or of `data` in base64. For functions whose result tells
 * nothing of it that is confidential.
 */
export function secretText(secret: JsonMap, key: string): string | undefined {
  const plain = own(asMap(secret['stringData']), key);
  if (typeof plain === 'string') return plain;
  const value = own(asMap(secret['data']), key);
  if (value instanceof SecretValue) return SecretValue.textOf(value);
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
}

/** Whether a value that the Secret holds, as it stands there or decoded, is a part of any text in `value`. */
export function showsContent(secret: JsonMap, value: unknown): boolean {
  const shown = JSON.stringify(value);
  return contentsOf(secret).some((text) => text !== '' && shown.includes(JSON.stringify(text).slice(1, -1)));
}

function contentsOf(secret: JsonMap): readonly string[] {
  const [data, stringData] = [asMap(secret['data']), asMap(secret['stringData'])];
  const decoded = Object.keys(data).map((key) => secretText({ data }, key));
  return [...Object.values(data), ...Object.values(stringData), ...decoded].filter((text) => typeof text === 'string');
}

function own(map: JsonMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
