/** The real helm, run as a user runs it, with nothing of the user's own. */
import { join } from 'node:path';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { REPOSITORY } from '../support/source.ts';
import { temporaryFolder } from './process.ts';
import { locateTool } from './tools.ts';

/** Runs helm and gives what it printed, whatever its exit code. */
export type Helm = (args: readonly string[]) => Promise<ProgramResult>;

/** A helm for one cluster; without a kubeconfig it finds none. */
export async function helmFor(kubeconfig?: string): Promise<Helm> {
  const [program, home] = await Promise.all([locateTool('helm'), temporaryFolder('helm')]);
  const folders = {
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  };
  const env = { ...process.env, ...folders, KUBECONFIG: kubeconfig ?? join(home, 'none') };
  return (args) => runProgram(program, args, { env });
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
