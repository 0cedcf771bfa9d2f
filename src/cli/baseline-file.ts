/** `--baseline`: the findings that were known before. */
import { readFileSync } from 'node:fs';
import { type Problem, reasonOf } from '../policy/problem.ts';
import { type Baseline, parseBaseline } from '../report/baseline.ts';

/** The baseline in the file; else the reason why it cannot be had. */
export function readBaseline(file: string): Baseline | Problem {
  const text = textOf(file);
  if (typeof text !== 'string') return text;
  const read = parseBaseline(text);
  return read.ok ? read.baseline : { file, message: read.message };
}

function textOf(file: string): string | Problem {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { file, message: reasonOf(error) };
  }
}
