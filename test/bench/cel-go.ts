import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES_FILE } from './cel-case.ts';

/** Nanoseconds of one run of each step. */
export interface Timings {
  readonly parse: number;
  readonly check: number;
  readonly plan: number;
  readonly evaluate: number;
}

/** What cel-go takes as the API server runs it, costs tracked, by case; a sentence where Go is missing. */
export function celGo(): Readonly<Record<string, Timings>> | string {
  const cache = join(homedir(), '.cache', 'tidegate');
  const oracle = join(cache, 'cel-oracle');
  try {
    mkdirSync(cache, { recursive: true });
    execFileSync('go', ['build', '-o', oracle, '.'], { cwd: new URL('../oracle/', import.meta.url), stdio: 'pipe' });
  } catch (error) {
    return `cel-go is left out: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
  return JSON.parse(execFileSync(oracle, ['bench', fileURLToPath(CASES_FILE)]).toString());
}
