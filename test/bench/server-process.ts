/** A server under measurement: a process of its own on the loopback, with its CPU and memory read from /proc. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  readonly port: number;
  /** Seconds of CPU since its start, user and system, all threads. */
  cpuSeconds(): number;
  /** Resident memory in MB. */
  rssMb(): number;
  stop(): Promise<void>;
}

// The kernel's unit in /proc/<pid>/stat, the same on every Linux that Node runs on.
const TICKS_PER_SECOND = 100;
const START_TIMEOUT_MS = 20_000;

/** Starts `node args…` with more `env` and waits for the line on its standard output that names its address. Rejects where none comes. */
export async function startServer(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  try {
    const port = await announcedPort(child);
    child.stdout?.resume();
    return { port, ...measured(child), stop: () => stop(child) };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${args.join(' ')} did not start: ${complaints.trim()}`, { cause: error });
  }
}

export type Start = typeof startServer;

/** Runs `act` with a folder of its own; what it has started is stopped and the folder removed in the end, whatever happens. */
export async function withServers(act: (start: Start, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
  const servers: ServerProcess[] = [];
  try {
    await act(async (...given) => {
      const server = await startServer(...given);
      servers.push(server);
      return server;
    }, folder);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  }
}

async function announcedPort(child: ChildProcess): Promise<number> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const ended = once(child, 'exit', { signal }).then(() => undefined);
  const port = Promise.race([portIn(lines), ended]);
  const found = await port;
  if (found === undefined) throw new Error('it ended before it said that it is ready');
  return found;
}

async function portIn(lines: AsyncIterable<string>): Promise<number | undefined> {
  for await (const line of lines) {
    const [, port] = /ready: https?:\/\/[^:]+:(\d+)/.exec(line) ?? [];
    if (port !== undefined) return Number(port);
  }
  return undefined;
}

function measured({ pid }: ChildProcess): Pick<ServerProcess, 'cpuSeconds' | 'rssMb'> {
  return {
    cpuSeconds: () => {
      // The second field is the command in brackets and may hold spaces: what follows it is counted.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
