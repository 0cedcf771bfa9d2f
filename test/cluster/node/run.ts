/**
 * `npm run test:node [-- OPTIONS OF VITEST]`: installs and builds what a node takes, then runs the tests in namespaces of
 * their own; on a given cluster just the tests. Where no node can be started it says so, and counts that as success, but not
 * in CI.
 */
import { spawnSync } from 'node:child_process';
import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { givenKubeconfig } from '../cluster.ts';

const here = import.meta.dirname;
const vitest = ['vitest', 'run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)];

function obstacle(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a node takes Linux and root';
  if (!isOnPath('apt-get')) return 'a node takes packages of Debian, and there is no apt-get';
  return undefined;
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program));
      return true;
    } catch {
      return false;
    }
  });
}

function main(): number {
  if (givenKubeconfig !== undefined) return run(...vitest);
  const missing = obstacle();
  if (missing !== undefined) {
    console.error(`SKIPPED, nothing was tested: ${missing}. Set TIDEGATE_TEST_KUBECONFIG to test on another cluster.`);
    return process.env['CI'] === undefined ? 0 : 1;
  }
  return (
    run(join(here, 'packages.sh')) ||
    run(process.execPath, join(here, '..', 'build-tools.ts')) ||
    run(process.execPath, join(here, 'enter.ts'), ...vitest)
  );
}

/** Its exit code. */
function run(...[program, ...args]: readonly string[]): number {
  const { status, error } = spawnSync(program as string, args, { stdio: 'inherit' });
  if (error !== undefined) console.error(error.message);
  return status ?? 1;
}

process.exitCode = main();
