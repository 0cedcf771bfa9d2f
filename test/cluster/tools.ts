/** The programs of a cluster: given ones, cached ones, or built from their Go modules (minutes, once per version). */
import { execFile } from 'node:child_process';
import { access, constants as file, mkdir, readFile, rename } from 'node:fs/promises';
import { constants, homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { lowerPriority } from './process.ts';

const run = promisify(execFile);

export type Tool = 'etcd' | 'kube-apiserver' | 'kubectl';

interface Recipe {
  /** Folder beside this file, with the go.mod that pins the version. */
  readonly module: 'etcd' | 'kubernetes';
  readonly main: string;
}

const RECIPES: Readonly<Record<Tool, Recipe>> = {
  etcd: { module: 'etcd', main: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: 'kubernetes', main: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  kubectl: { module: 'kubernetes', main: 'k8s.io/kubernetes/cmd/kubectl' },
};

/**
 * The path of a program, from the first of: `$KUBEBUILDER_ASSETS` (the convention of envtest), for kubectl the PATH, the
 * cache, a build with Go. Throws with what to do where none of them gives it.
 */
export async function locateTool(tool: Tool): Promise<string> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && (await isExecutable(join(assets, tool)))) return join(assets, tool);
  const found = tool === 'kubectl' ? await onPath(tool) : undefined;
  if (found !== undefined) return found;
  const recipe = RECIPES[tool];
  const version = await pinnedVersion(recipe.module);
  const target = join(cacheFolder(), `${recipe.module}-${version}`, tool);
  if (!(await isExecutable(target))) await build(tool, version, target);
  return target;
}

async function build(tool: Tool, version: string, target: string): Promise<void> {
  if ((await onPath('go')) === undefined) {
    throw new Error(
      `${tool} ${version} is not here and cannot be built: install Go 1.26 or later, or set KUBEBUILDER_ASSETS to a ` +
        'folder with etcd, kube-apiserver and kubectl, or set KUBECONFIG to a cluster that the tests may use.',
    );
  }
  const { module, main } = RECIPES[tool];
  await mkdir(join(target, '..'), { recursive: true });
  // Renamed when complete: an interrupted or a second build never leaves half a program under the final name.
  const partial = `${target}.${process.pid}`;
  const flags = `-s -w -X k8s.io/component-base/version.gitVersion=v${version}`;
  const child = run('go', ['build', '-mod=readonly', '-trimpath', '-ldflags', flags, '-o', partial, main], {
    cwd: join(import.meta.dirname, 'tools', module),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    maxBuffer: 16 * 1024 * 1024,
  });
  lowerPriority(child.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  await child;
  await rename(partial, target);
}

/** The version in the go.mod that builds the module's programs, without its `v`. */
async function pinnedVersion(module: Recipe['module']): Promise<string> {
  const text = await readFile(join(import.meta.dirname, 'tools', module, 'go.mod'), 'utf8');
  const name = module === 'etcd' ? 'go.etcd.io/etcd/server/v3' : 'k8s.io/kubernetes';
  const version = new RegExp(`^(?:require |\\t)${name} v(\\S+)`, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`test/cluster/tools/${module}/go.mod does not require ${name}`);
  return version;
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate');
}

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, program)))) return join(folder, program);
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, file.X_OK).then(
    () => true,
    () => false,
  );
}
