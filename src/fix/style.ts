/** How a document is written, so that what is added to it looks like the rest. */
import { type Document, isMap, isNode, isSeq, type Node, type Pair, visit } from 'yaml';
import { columnOf } from './lines.ts';

export interface Style {
  /** The whole document is JSON: what is added to it must be JSON too. */
  readonly json: boolean;
  readonly newline: '\n' | '\r\n';
  /** Columns from a key to the keys below it. */
  readonly step: number;
  /** Columns from a key to the dashes below it. */
  readonly dashes: number;
  readonly quote: '"' | "'";
  /** Blanks inside `{ a: 1 }`. */
  readonly padded: boolean;
}

/** How often each habit was seen. */
type Votes<T> = Map<T, number>;

/** The habits that prevail in the document; where it shows none, two columns everywhere and double quotes. */
export function styleOf(document: Document, text: string): Style {
  const votes = { step: new Map<number, number>(), dashes: new Map<number, number>() };
  const quotes: Votes<Style['quote']> = new Map();
  const padded: Votes<boolean> = new Map();
  visit(document, {
    Pair: (_, pair) => voteForIndent(pair, text, votes),
    Scalar: (_, { type }) => {
      if (type === 'QUOTE_DOUBLE') vote(quotes, '"');
      if (type === 'QUOTE_SINGLE') vote(quotes, "'");
    },
    Map: (_, map) => {
      if (map.flow && map.items.length > 0 && map.range) vote(padded, text[map.range[0] + 1] === ' ');
    },
  });
  const json = isJson(text);
  return {
    json,
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    step: json ? (/\n( +)/.exec(text)?.[1]?.length ?? 2) : (winner(votes.step) ?? 2),
    dashes: winner(votes.dashes) ?? 2,
    quote: winner(quotes) ?? '"',
    padded: winner(padded) ?? true,
  };
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function voteForIndent(
  { key, value }: Pair,
  text: string,
  votes: { readonly step: Votes<number>; readonly dashes: Votes<number> },
): void {
  if (!isNode(key) || !key.range || !isNode(value) || !value.range) return;
  if ((!isMap(value) && !isSeq(value)) || value.flow) return;
  const first: unknown = isMap(value) ? value.items[0]?.key : value;
  if (!isNode(first) || !first.range) return;
  const columns = columnOf(text, startOf(first)) - columnOf(text, key.range[0]);
  if (columns >= 0) vote(isMap(value) ? votes.step : votes.dashes, columns);
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function vote<T>(votes: Votes<T>, habit: T): void {
  votes.set(habit, (votes.get(habit) ?? 0) + 1);
}

function winner<T>(votes: Votes<T>): T | undefined {
  let best: T | undefined;
  for (const [habit, count] of votes) if (best === undefined || count > (votes.get(best) ?? 0)) best = habit;
  return best;
}
