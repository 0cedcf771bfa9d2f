/** A line of the table: one finding of an object. */
import type { Path } from '../engine/decision.ts';
import { formatPath } from '../policy/path.ts';
import type { Paint, Screen } from './paint.ts';
import type { ObjectOutcome, Place } from './report.ts';
import { wrap } from './wrap.ts';

/** One line of an object: what was found, and where. */
export interface Row {
  readonly mark: string;
  readonly paint: keyof Paint;
  /** `12:7` in the file. */
  readonly place: string;
  readonly policy: string;
  readonly path: string;
  readonly message: string;
}

/** Widths of the cells before the message. */
export interface Columns {
  readonly place: number;
  readonly policy: number;
  readonly path: number;
}

/** As wide as the widest cell of any row. */
export function columnsOf(rows: readonly Row[]): Columns {
  const longest = (of: (row: Row) => string): number => rows.reduce((most, row) => Math.max(most, of(row).length), 0);
  return { place: longest((row) => row.place), policy: longest((row) => row.policy), path: longest((row) => row.path) };
}

/** Columns that the rows of an object stand in from its heading. */
export const INDENT = 4;
// A message narrower than this is a column of single words: it then goes below its policy, over the whole width.
const MESSAGE_BESIDE = 60;

/** The lines of a row: the message beside its policy where there is room, else below. */
export function renderRow(row: Row, columns: Columns, { width, paint }: Screen): string[] {
  const place = columns.place === 0 ? '' : `${paint.dim(row.place.padEnd(columns.place))}  `;
  const lead = `${' '.repeat(INDENT)}${paint[row.paint](row.mark)} ${place}`;
  const below = INDENT + row.mark.length + 1 + (columns.place === 0 ? 0 : columns.place + 2);
  const beside = below + columns.policy + 2 + columns.path + 2;
  const isBeside = width - beside >= MESSAGE_BESIDE;
  const at = isBeside ? beside : below;
  const [first = '', ...rest] = wrap(row.message, width - at);
  const policy = paint.bold(isBeside ? row.policy.padEnd(columns.policy) : row.policy);
  const fits = isBeside || below + row.policy.length + 2 + row.path.length <= width;
  const path = paint.dim(isBeside ? row.path.padEnd(columns.path) : fits ? row.path : '');
  const more = rest.map((line) => `${' '.repeat(at)}${line}`);
  if (isBeside) return [`${lead}${policy}  ${path}  ${first}`, ...more];
  return [`${lead}${policy}  ${path}`.trimEnd(), `${' '.repeat(at)}${first}`, ...more];
}

const MARKS = {
  Deny: { mark: '✗', paint: 'red' },
  Warn: { mark: '!', paint: 'yellow' },
  Audit: { mark: '·', paint: 'dim' },
  failed: { mark: '✗', paint: 'red' },
  unknown: { mark: '?', paint: 'yellow' },
} as const;

/** What is to be said of an object, findings first. */
export function rowsOf(object: ObjectOutcome): Row[] {
  const itself = placeOf(object);
  return [
    ...object.findings.map((finding) => ({
      ...MARKS[finding.action],
      place: placeOf(finding),
      policy: finding.policy,
      path: shortPath(finding.path, finding.container),
      message: finding.seenOn === undefined ? finding.message : `${finding.message} (seen on ${finding.seenOn})`,
    })),
    ...object.failures.map(({ policy, rule, message }) => ({
      ...MARKS.failed,
      place: itself,
      policy,
      path: rule,
      message: `could not be evaluated: ${message}`,
    })),
    ...[...Map.groupBy(object.notJudged, ({ policy, message }) => `${policy} ${message}`).values()].flatMap((alike) =>
      alike.slice(0, 1).map(({ policy, message }) => ({
        ...MARKS.unknown,
        place: itself,
        policy,
        path: alike.map(({ rule }) => rule).join(', '),
        message: `not judged: ${message}`,
      })),
    ),
  ];
}

/** `12:7`; empty where there is no file. */
function placeOf({ line, column }: Place): string {
  return line === undefined ? '' : `${line}:${column}`;
}

/** The path as a person thinks of it: containers by name, and without the way down to the Pod. */
function shortPath(path: Path, container: string | undefined): string {
  const inPod = path.slice(path.lastIndexOf('template') + 1);
  const at = inPod.findIndex((step) => typeof step === 'number');
  if (container === undefined || at === -1) return formatPath(inPod) || 'the object';
  return `${inPod[at - 1]}[${container}]${formatPath(['', ...inPod.slice(at + 1)]).replace(/^\[''\]/, '')}`;
}
