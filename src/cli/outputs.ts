/** `--output`: which formats, and where to. */
import { resolve } from 'node:path';
import { Readable, promises as streams } from 'node:stream';
import { InvalidArgumentError } from 'commander';
import type { Problem } from '../policy/problem.ts';
import { FORMATS } from '../report/formats.ts';
import { jsonParts } from '../report/json.ts';
import { PLAIN, type Screen } from '../report/paint.ts';
import type { Report } from '../report/report.ts';
import { writeWhole } from './write-file.ts';

export interface Output {
  readonly format: string;
  /** Left out for standard output. */
  readonly file?: string;
}

export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

/** For commander: `sarif` or `sarif=FILE`, once more and again. Of those without a file there can be one, and of each file as well. */
export function outputOf(value: string, outputs: readonly Output[] = []): readonly Output[] {
  const [format = '', ...rest] = value.split('=');
  const file = rest.join('=');
  if (!Object.hasOwn(FORMATS, format)) throw new InvalidArgumentError(`Formats are ${FORMAT_NAMES.join(', ')}.`);
  if (rest.length > 0 && file === '') throw new InvalidArgumentError(`${format}= is without the name of a file.`);
  const output = rest.length === 0 ? { format } : { format, file };
  const rival = outputs.find((other) => placeOf(other) === placeOf(output));
  if (rival === undefined) return [...outputs, output];
  if (output.file !== undefined)
    throw new InvalidArgumentError(`${file} cannot be both ${rival.format} and ${format}.`);
  throw new InvalidArgumentError(
    `${rival.format} goes to standard output already: give one of them a file, as ${format}=FILE.`,
  );
}

/** The format of the output, if there is one, that goes to this file as well. */
export function formatIn(file: string, outputs: readonly Output[]): string | undefined {
  return outputs.find((output) => placeOf(output) === resolve(file))?.format;
}

/** The same of two names of one file. */
function placeOf({ file }: Output): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

// What a table in a file is as wide as: nobody knows on what it will be read.
const FILE_SCREEN: Screen = { width: 120, paint: PLAIN };

/** Writes the report in every format, to files first; gives back what could not be written. */
export async function writeOutputs(
  outputs: readonly Output[],
  report: Report,
  screen: Screen,
): Promise<readonly Problem[]> {
  const problems = outputs.flatMap(({ format, file }) =>
    file === undefined ? [] : (writeWhole(file, partsOf(format, report, FILE_SCREEN)) ?? []),
  );
  for (const { format, file } of outputs) {
    if (file === undefined) await print(partsOf(format, report, screen));
  }
  return problems;
}

/** JSON may be longer than a string can be. */
function partsOf(format: string, report: Report, screen: Screen): Iterable<string> {
  return format === 'json' ? jsonParts(report) : [FORMATS[format]?.(report, screen) ?? ''];
}

/** Part by part, as fast as they are read: what nobody has read yet would be held in memory. */
async function print(parts: Iterable<string>): Promise<void> {
  // What goes wrong with standard output is for main.ts to tell.
  await streams.pipeline(Readable.from(parts), process.stdout, { end: false }).catch(() => undefined);
}
