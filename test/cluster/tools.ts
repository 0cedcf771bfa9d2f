/** The programs of a cluster: given ones, cached ones, or built from their Go modules (minutes, once per version). */
import { execFile } from 'node:child_process';
import { access, constants as file, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { constants, homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { lowerPriority } from './process.ts';

const run = promisify(execFile);

export type Tool = keyof typeof RECIPES;

/** Each is a folder beside this file, whose go.mod pins the version; and the variable in which its programs keep it. */
const MODULES = {
  etcd: { path: 'go.etcd.io/etcd/server/v3', versionVariable: 'go.etcd.io/etcd/api/v3/version.GitSHA' },
  kubernetes: { path: 'k8s.io/kubernetes', versionVariable: 'k8s.io/component-base/version.gitVersion' },
  helm: { path: 'helm.sh/helm/v4', versionVariable: 'helm.sh/helm/v4/internal/version.version' },
} as const;

interface Recipe {
  readonly module: keyof typeof MODULES;
  readonly main: string;
  /** What go calls the program where it is not the tool's own name. */
  readonly built?: string;
}

const kubernetes = (name: string): Recipe => ({ module: 'kubernetes', main: `k8s.io/kubernetes/cmd/${name}` });

const RECIPES = {
  etcd: { module: 'etcd', main: 'go.etcd.io/etcd/server/v3', built: 'server' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  'kube-proxy': kubernetes('kube-proxy'),
  kubelet: kubernetes('kubelet'),
  kubectl: kubernetes('kubectl'),
  helm: { module: 'helm', main: 'helm.sh/helm/v4/cmd/helm' },
} as const satisfies Readonly<Record<string, Recipe>>;

export const TOOLS = Object.keys(RECIPES) as readonly Tool[];

const recipeOf = (tool: Tool): Recipe => RECIPES[tool];

/**
 * The path of a program, from the first of: `$KUBEBUILDER_ASSETS` (the convention of envtest), for kubectl the PATH, the
 * cache, a build with Go. Throws with what to do where none of them gives it.
 */
export async function locateTool(tool: Tool): Promise<string> {
  return (await locateTools([tool]))[tool];
}

/** The same for several, built together where they are of one module: they share most of what is compiled. */
export async function locateTools<T extends Tool>(tools: readonly T[]): Promise<Readonly<Record<T, string>>> {
  const found = new Map<Tool, string>();
  const missing = new Map<Recipe['module'], Tool[]>();
  for (const tool of tools) {
    const path = await present(tool);
    if (path !== undefined) found.set(tool, path);
    else missing.set(recipeOf(tool).module, [...(missing.get(recipeOf(tool).module) ?? []), tool]);
  }
  for (const [module, ofModule] of missing) {
    await build(module, ofModule);
    for (const tool of ofModule) found.set(tool, join(await cachedPrograms(module), tool));
  }
  return Object.fromEntries(found) as Record<T, string>;
}

async function present(tool: Tool): Promise<string | undefined> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && (await isExecutable(join(assets, tool)))) return join(assets, tool);
  const found = tool === 'kubectl' ? await onPath(tool) : undefined;
  if (found !== undefined) return found;
  const cached = join(await cachedPrograms(recipeOf(tool).module), tool);
  return (await isExecutable(cached)) ? cached : undefined;
}

/** The folder in the cache where a module's programs of the pinned version are, or will be. */
async function cachedPrograms(module: Recipe['module']): Promise<string> {
  return join(cacheFolder(), `${module}-${await pinnedVersion(module)}`);
}

async function build(module: Recipe['module'], tools: readonly Tool[]): Promise<void> {
  const version = await pinnedVersion(module);
  if ((await onPath('go')) === undefined) {
    throw new Error(
      `${tools.join(', ')} ${version} is not here and cannot be built: install Go 1.26 or later, or set ` +
        `KUBEBUILDER_ASSETS to a folder that has it, or set KUBECONFIG to a cluster that the tests may use.`,
    );
  }
  const target = await cachedPrograms(module);
  // Renamed when complete: an interrupted or a second build never leaves half a program under the final name.
  const partial = join(target, `partial-${process.pid}`);
  await mkdir(partial, { recursive: true });
  const flags = `-s -w -X ${MODULES[module].versionVariable}=v${version}`;
  const programs = tools.map((tool) => recipeOf(tool).main);
  const child = run(
    'go',
    ['build', '-mod=readonly', '-trimpath', '-ldflags', flags, '-o', `${partial}/`, ...programs],
    {
      cwd: join(import.meta.dirname, 'tools', module),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  lowerPriority(child.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  await child;
  for (const tool of tools) await rename(join(partial, recipeOf(tool).built ?? tool), join(target, tool));
  await rm(partial, { recursive: true });
}

/** The version in the go.mod that builds the module's programs, without its `v`. */
async function pinnedVersion(module: Recipe['module']): Promise<string> {
  const text = await readFile(join(import.meta.dirname, 'tools', module, 'go.mod'), 'utf8');
  const name = MODULES[module].path;
  const version = new RegExp(`^(?:require |\\t)${name} v(\\S+)`, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`test/cluster/tools/${module}/go.mod does not require ${name}`);
  return version;
}

/** What is built for the tests and outlives them. */
export function cacheFolder(): string {
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
