/**
 * A program of its own, so that it outlives a crash of the tests: reads one JSON line per thing to clean up, and when its
 * standard input closes, for whatever reason, ends the processes and removes the folders.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const pids: number[] = [];
const folders: string[] = [];

// Ctrl-C goes to the whole group; the cleaning comes after the tests have ended, not before.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const entry: { readonly pid?: number; readonly folder?: string } = JSON.parse(line);
  if (entry.pid !== undefined) pids.push(entry.pid);
  if (entry.folder !== undefined) folders.push(entry.folder);
}
for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
