/** A program, run to its end. */
import { execFile } from 'node:child_process';

export interface ProgramResult {
  /** 1 where it was ended by a signal, or could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Its standard input; empty where it is left out. */
  readonly input?: string | undefined;
}

/** What it printed, whatever its exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env = process.env, input = '' }: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    // It may have ended before it has read anything: what it printed counts.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
