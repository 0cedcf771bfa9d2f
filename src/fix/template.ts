/** Comments that mark what is left for a person: the finding, what to do, and what to fill in. */
import { type Document, isMap, isNode, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { readManifests } from '../audit/manifests.ts';
import type { Finding, Path } from '../engine/decision.ts';
import { jsonEqual } from '../engine/object/equal.ts';
import { oneLine } from '../policy/one-line.ts';
import { columnOf, isFirstOnLine, lineStart, nextLine } from './lines.ts';
import { endOfLines, endOfPair, startOf } from './splice.ts';

/** What is to be marked, and the place of its object in the document. */
export interface Mark {
  readonly path: Path;
  readonly finding: Finding;
  /** What to fill in; its policy may have none. */
  readonly template: Template | undefined;
}

export interface Template {
  /** YAML. */
  readonly text: string;
  /** The number of steps of the path that lead to what the text is a part of. */
  readonly depth: number;
}

/** How a marked finding begins, behind the `#` and the blanks before it. */
const SIGN = 'tidegate:';

/**
 * The document with a comment for each of the findings that has none yet: above the field that it is about, or at the end
 * of the block that the field is missing from. The same text where it holds no place for comments, as JSON does.
 */
export function withMarks(text: string, marks: readonly Mark[]): string {
  const document = parseDocument(text, { keepSourceTokens: true, merge: true, stringKeys: true, uniqueKeys: false });
  if (document.errors.length > 0) return text;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const places = marks.flatMap((mark) => {
    const place = placeOf(document, text, mark.path);
    return place === undefined ? [] : [{ ...place, lines: linesOf(mark, place.depth) }];
  });
  const open = places.filter(({ at, lines: [first = ''] }) => !isMarked(text, at, first));
  let marked = text;
  for (const { at, column, lines } of open.toSorted(inOrder).toReversed()) {
    const block = lines.map((line) => `${' '.repeat(column)}${line}${newline}`).join('');
    const isOpen = at === text.length && text[at - 1] !== '\n';
    marked = marked.slice(0, at) + (isOpen ? newline + block.trimEnd() : block) + marked.slice(at);
  }
  return isSame(text, marked) ? marked : text;
}

/** Where blocks end together the inner one ends first: what is filled in goes on with the block that is open there. */
function inOrder(a: Place, b: Place): number {
  if (a.at !== b.at || a.isEnd !== b.isEnd) return a.at - b.at || (a.isEnd ? -1 : 1);
  return a.isEnd ? b.column - a.column : 0;
}

/** Comments change no object; where they do, they stand inside of something. */
function isSame(before: string, after: string): boolean {
  const [old, now] = [before, after].map((text) =>
    readManifests([{ file: '', text }]).manifests.map(({ object }) => object),
  );
  return jsonEqual(old ?? [], now ?? []);
}

function linesOf({ finding, template }: Mark, depth: number): readonly string[] {
  const words = [`${SIGN} ${finding.policy}: ${oneLine(finding.message)}`, oneLine(finding.remediation)];
  return [...words, ...templateLines(template, depth)].map((line) => `# ${line}`.trimEnd());
}

/** The lines of the template from this depth on: what is above it the file has already. */
function templateLines(template: Template | undefined, depth: number): readonly string[] {
  const lines = template?.text.trimEnd().split('\n') ?? [];
  const known = Math.max(0, depth - (template?.depth ?? 0));
  const rest = lines.slice(Math.min(known, lines.length - 1));
  const indent = /^ */.exec(rest[0] ?? '')?.[0].length ?? 0;
  return rest.map((line) => line.slice(indent));
}

/** Whether this line is among the comments that touch the place, above or below it. */
function isMarked(text: string, at: number, line: string): boolean {
  const isComment = (start: number): boolean =>
    /^[ \t]*(?:#.*)?\r?$/.test(text.slice(start, nextLine(text, start)).replace(/\n$/, ''));
  let start = at;
  while (start > 0 && isComment(lineStart(text, start - 1))) start = lineStart(text, start - 1);
  let end = at;
  while (end < text.length && isComment(end)) end = nextLine(text, end);
  const around = text.slice(start, end).split(/\r?\n/);
  return around.some((comment) => comment.trim() === line);
}

interface Place {
  /** Where the comment's first line begins. */
  readonly at: number;
  readonly column: number;
  /** How many steps of the path lead to the block that it is in. */
  readonly depth: number;
  /** Whether that block ends here. */
  readonly isEnd: boolean;
}

/** Undefined where the document as a whole is in brackets. */
function placeOf(document: Document, text: string, path: Path): Place | undefined {
  let node: unknown = document.contents;
  let place: Place | undefined = isMap(node) && !node.flow ? above(text, startOf(node.items[0]?.key), 0) : undefined;
  for (const [depth, step] of path.entries()) {
    if (isMap(node) && !node.flow) {
      const pair: Pair | undefined = pairOf(node, String(step));
      if (pair === undefined) return below(text, node, depth);
      place = above(text, startOf(pair.key), depth) ?? place;
      node = pair.value;
    } else if (isSeq(node) && !node.flow) {
      const item: unknown = node.items[Number(step)];
      if (!isNode(item)) return place;
      place = above(text, startOf(item), depth) ?? place;
      node = item;
    } else return place;
  }
  return place;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => isNode(pair.key) && String(pair.key) === key);
}

/** Above the line of what begins at the offset: also where a dash begins the line. */
function above(text: string, offset: number, depth: number): Place | undefined {
  const start = lineStart(text, offset);
  const lead = /^ *(?=- |$)/.exec(text.slice(start, offset));
  if (!lead && !isFirstOnLine(text, offset)) return undefined;
  return { at: start, column: lead ? lead[0].length : columnOf(text, offset), depth, isEnd: false };
}

/** At the end of the block, below the comments at the end of inner ones, which stand further right. */
function below(text: string, map: YAMLMap, depth: number): Place {
  const column = columnOf(text, startOf(map.items[0]?.key as Node));
  let at = endOfLines(text, endOfPair(text, map.items.at(-1) as Pair));
  while ((/^ *(?=#)/.exec(text.slice(at, nextLine(text, at)))?.[0].length ?? 0) > column) at = nextLine(text, at);
  return { at, column, depth, isEnd: true };
}
