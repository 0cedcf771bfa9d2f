import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from './wait.ts';

describe('the guard of the processes', () => {
  it('ends what a crashed test run has left: its processes and its folders', async () => {
    const library = join(import.meta.dirname, 'process.ts');
    const crash = `
      const { start, temporaryFolder } = await import(${JSON.stringify(library)});
      const folder = await temporaryFolder('crash');
      const { pid } = await start(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
      console.log(JSON.stringify({ folder, pid }));
      process.kill(process.pid, 'SIGKILL');`;
    const { folder, pid } = await new Promise<{ readonly folder: string; readonly pid: number }>((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', crash], (_error, stdout) => resolve(JSON.parse(stdout)));
    });
    await eventually('the process has ended', () => !runs(pid));
    await eventually('the folder is gone', () => !existsSync(folder));
    expect(runs(process.pid)).toBe(true);
  });
});

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
