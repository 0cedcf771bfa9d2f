/**
 * A program of its own, so that it outlives a crash of the tests: reads one JSON line per thing to clean up, and when its
 * standard input closes, for whatever reason, ends the processes and removes the folders and cgroups.
 */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const pids: number[] = [];
const folders: string[] = [];
const cgroups: string[] = [];

// Ctrl-C goes to the whole group; the cleaning comes after the tests have ended, not before.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const entry: { readonly pid?: number; readonly folder?: string; readonly cgroup?: string } = JSON.parse(line);
  if (entry.pid !== undefined) pids.push(entry.pid);
  if (entry.folder !== undefined) folders.push(entry.folder);
  if (entry.cgroup !== undefined) cgroups.push(entry.cgroup);
}
for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
for (const pid of pids) await untilGone(pid);
for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
for (const cgroup of cgroups) await removeCgroup(cgroup);

/** Nobody reports to us of a process that is not our child; those in its namespaces may take a moment longer. */
async function untilGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await setTimeout(50);
  }
}

/** In each hierarchy of cgroups v1, or in the one of v2. */
async function removeCgroup(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  for (const hierarchy of ['', ...(await readdir(root))]) await removeTree(join(root, hierarchy, name));
}

/** Files of a cgroup cannot be removed, and need not be: innermost folders first. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}
