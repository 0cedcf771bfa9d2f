/** Child processes that never outlive the tests, with their output kept for the message when something fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Running {
  readonly pid: number;
  /** The last lines of both outputs. */
  output(): string;
  /** Undefined while it runs. */
  exitCode(): number | string | undefined;
  /** Sends the signal, SIGTERM by default, and waits until the process has ended; returns its exit code or signal. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

const KEPT_OUTPUT = 64 * 1024;

/** Starts a program under the guard. Throws where it cannot be started at all. */
export async function start(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Running> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await once(child, 'spawn');
  const pid = child.pid as number;
  tellGuard({ pid });
  const exitCode = (): number | string | undefined => child.exitCode ?? child.signalCode ?? undefined;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> => {
    if (exitCode() === undefined) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return exitCode() ?? 'unknown';
  };
  return { pid, output: () => output, exitCode, stop };
}

/** A new folder that is removed when the tests have ended, crashed or not. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `tidegate-${name}-`));
  tellGuard({ folder });
  return folder;
}

// Below those that systems give to outgoing connections: one of these would be taken again before its server starts.
const PORTS = { from: 12_000, to: 32_000 };

// A port that was given away is still free until its server starts.
const given = new Set<number>();

/** A port of the loopback address that was free a moment ago, and that nobody gets by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (given.has(port)) continue;
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    given.add(port);
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Leaves the cores to others while long work goes on; where the system refuses, the work just goes on. */
export function lowerPriority(pid: number | undefined, priority: number): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, priority);
  } catch {
    // The process has ended already, or its priority is not ours to change.
  }
}

let guard: ChildProcess | undefined;

/** Has one more thing cleaned up when this process has ended, crashed or not. */
export function tellGuard(entry: { readonly pid?: number; readonly folder?: string; readonly cgroup?: string }): void {
  guard ??= startGuard();
  guard.stdin?.write(`${JSON.stringify(entry)}\n`);
}

/** Detached and unreferenced: it neither dies with the tests nor keeps them alive. */
function startGuard(): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'guard.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return child;
}
