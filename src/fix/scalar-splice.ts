/** One scalar in the place of another. */
import { isAlias, isMap, isNode, isSeq } from 'yaml';
import type { Value } from '../cel/value.ts';
import { quoted, scalarText } from './render.ts';
import type { Splice } from './splice.ts';
import type { Style } from './style.ts';

/**
 * Puts the value in the place of the node, with the quotes and the anchor that are there. Undefined where either of them
 * is more than a scalar on one line.
 */
export function scalarSplice(node: unknown, value: Value, style: Style): Splice | undefined {
  if (typeof value === 'object' || !isNode(node) || isMap(node) || isSeq(node) || !node.range) return undefined;
  const [start, end] = node.range;
  if (isAlias(node)) return { start, end, text: scalarText(value, style) };
  const { type } = node as { readonly type?: string };
  if (end === start || type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return undefined;
  const quote = type === 'QUOTE_DOUBLE' ? '"' : type === 'QUOTE_SINGLE' ? "'" : undefined;
  return { start, end, text: typeof value === 'string' && quote ? quoted(value, quote) : scalarText(value, style) };
}
