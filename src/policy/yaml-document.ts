/** YAML and JSON documents that know where each of their values was typed. */
import type { Document, LineCounter, Node, Scalar } from 'yaml';
import type { Value } from '../cel/value.ts';
import { yaml } from './libraries.ts';
import type { Path } from './path.ts';
import type { Position, Problem } from './problem.ts';
import { type ScalarStyle, sourceOffset } from './scalar-offset.ts';

export interface YamlDocument {
  readonly value: Value;
  /**
   * Position of the value at `path`, or of its nearest ancestor that the document has. With `offset`, of that character
   * of the string there.
   */
  locate(path: Path, offset?: number): Position | undefined;
  /** Position of the key that ends `path`; else like `locate`. */
  locateKey(path: Path): Position | undefined;
}

/** All documents of a file that could be read, empty ones left out, and a problem for each that could not. */
export function readDocuments(
  text: string,
  file: string,
): { readonly documents: readonly YamlDocument[]; readonly problems: readonly Problem[] } {
  const { LineCounter, parseAllDocuments } = yaml();
  const lines = new LineCounter();
  const source = text.replace(/^\uFEFF/, '');
  // `merge` is YAML 1.1's `<<`, which Kubernetes' own tools read.
  const parsed = parseAllDocuments(source, { lineCounter: lines, merge: true, prettyErrors: false, stringKeys: true });
  const documents: YamlDocument[] = [];
  const problems: Problem[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [error] = document.errors;
    if (error) problems.push({ file, ...positionAt(lines, error.pos[0]), message: readable(error.message) });
    else if (document.contents) documents.push(...locatedDocument(document, source, lines, file, problems));
  }
  return { documents, problems };
}

function locatedDocument(
  document: Document.Parsed,
  source: string,
  lines: LineCounter,
  file: string,
  problems: Problem[],
): readonly YamlDocument[] {
  try {
    const value = document.toJS({ maxAliasCount: 100 }) as Value;
    // Throws for a value that holds itself by an alias: nothing behind this expects one.
    JSON.stringify(value);
    if (value === null) return [];
    return [
      {
        value,
        locate: (path, offset) => locateValue(document, source, lines, path, offset),
        locateKey: (path) => locateKey(document, lines, path) ?? locateValue(document, source, lines, path),
      },
    ];
  } catch (error) {
    // An alias without its anchor, or a bomb of aliases: found only when the document becomes a value.
    const message = readable(error instanceof Error ? error.message : 'cannot be read');
    problems.push({ file, ...positionAt(lines, document.range[0]), message });
    return [];
  }
}

function locateValue(
  document: Document,
  source: string,
  lines: LineCounter,
  path: Path,
  offset?: number,
): Position | undefined {
  const { isScalar } = yaml();
  const node = nearestNode(document, path);
  if (!node?.range) return undefined;
  const start = node.range[0];
  if (offset === undefined || !isScalar(node) || typeof node.value !== 'string') return positionAt(lines, start);
  return positionAt(lines, sourceOffset(source, start, styleOf(node), node.value, offset));
}

function locateKey(document: Document, lines: LineCounter, path: Path): Position | undefined {
  const { isMap, isNode, isScalar } = yaml();
  const parent = nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  const key = parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1))?.key;
  return isNode(key) && key.range ? positionAt(lines, key.range[0]) : undefined;
}

function nearestNode(document: Document, path: Path): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document, path.slice(0, length));
    if (node) return node;
  }
  return undefined;
}

function nodeAt(document: Document, path: Path): Node | undefined {
  const { isAlias, isMap, isNode, isSeq } = yaml();
  let node: unknown = document.contents;
  for (const step of path) {
    const collection: unknown = isAlias(node) ? node.resolve(document) : node;
    if (!isMap(collection) && !isSeq(collection)) return undefined;
    node = collection.get(step, true);
  }
  return isNode(node) ? node : undefined;
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

function styleOf(scalar: Scalar): ScalarStyle {
  return STYLES[scalar.type ?? ''] ?? 'plain';
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The library's reason in one line, without the words of a JavaScript engine. */
function readable(message: string): string {
  const [first = message] = message.split('\n', 1);
  if (/call stack/.test(first)) return 'is nested too deeply';
  return /circular structure/.test(first) ? 'holds itself, by an alias' : first;
}
