/** The real helm, run as a user runs it, with nothing of the user's own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from '../support/source.ts';
import type { KubectlResult } from './kubectl.ts';
import { temporaryFolder } from './process.ts';
import { locateTool } from './tools.ts';

/** Runs helm and gives what it printed, whatever its exit code. */
export type Helm = (args: readonly string[]) => Promise<KubectlResult>;

/** A helm for one cluster; without a kubeconfig it finds none. */
export async function helmFor(kubeconfig?: string): Promise<Helm> {
  const [program, home] = await Promise.all([locateTool('helm'), temporaryFolder('helm')]);
  const folders = {
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  };
  const env = { ...process.env, ...folders, KUBECONFIG: kubeconfig ?? join(home, 'none') };
  return (args) =>
    new Promise((resolve) => {
      execFile(program, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
}

/** The standard output of a command that must succeed; throws with what helm said where it does not. */
export async function expectHelm(helm: Helm, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await helm(args);
  if (code !== 0) throw new Error(`helm ${args.join(' ')} failed (${code}):\n${stderr}${stdout}`);
  return stdout;
}

export const CHART = join(REPOSITORY, 'charts', 'tidegate');

/** The chart as it is published: one file, which holds what the folder links to. Its path. */
export async function packageChart(helm: Helm): Promise<string> {
  const folder = await temporaryFolder('chart');
  const said = await expectHelm(helm, ['package', CHART, '--destination', folder]);
  const path = /saved it to: (\S+)/.exec(said)?.[1];
  if (path === undefined) throw new Error(`helm package named no file: ${said}`);
  return path;
}
