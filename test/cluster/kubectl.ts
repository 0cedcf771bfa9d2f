/** The real kubectl, run as a user runs it. */
import { type ProgramResult, runProgram } from '../support/program.ts';
import { locateTool } from './tools.ts';

export type KubectlResult = ProgramResult;

/** Runs kubectl and gives what it printed, whatever its exit code. `input` is its standard input (`-f -`). */
export type Kubectl = (args: readonly string[], input?: string) => Promise<KubectlResult>;

export interface KubectlOptions {
  readonly kubeconfig: string;
  /** Where kubectl keeps its discovery cache: never the user's own. */
  readonly cacheFolder: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A kubectl for one cluster and one user. */
export async function kubectlFor({ kubeconfig, cacheFolder, env = {} }: KubectlOptions): Promise<Kubectl> {
  const program = await locateTool('kubectl');
  const environment = { ...process.env, KUBECONFIG: kubeconfig, ...env };
  return (args, input) => runProgram(program, ['--cache-dir', cacheFolder, ...args], { env: environment, input });
}

/** The standard output of a command that must succeed; throws with what kubectl said where it does not. */
export async function expectOutput(kubectl: Kubectl, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed (${code}):\n${stderr}${stdout}`);
  return stdout;
}
