/** The cluster that a person means: a context of a kubeconfig, found where kubectl finds it. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { type Connection, clusterConfig, firstLine, unusable } from './client.ts';
import { loadKubeconfig, usePlugin } from './kubeconfig.ts';

export interface AskedContext {
  /** A file; without it those of `$KUBECONFIG`, `~/.kube/config`, or the cluster that this pod runs in. */
  readonly kubeconfig?: string | undefined;
  /** The name of a context; without it the current one. */
  readonly context?: string | undefined;
}

export type FoundContext =
  | { readonly ok: true; readonly config: Connection; readonly name: string }
  | { readonly ok: false; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Finds it; nothing is sent. The message names the file and never its content. */
export function findContext({ kubeconfig, context }: AskedContext, env: Environment = process.env): FoundContext {
  const files = kubeconfig === undefined ? defaultFiles(env) : [kubeconfig];
  if (files.length === 0) return ofPod(context, env);
  const source = `kubeconfig ${files.join(delimiter)}`;
  const config = new KubeConfig();
  for (const file of files) {
    try {
      addFile(config, file);
    } catch (error) {
      return { ok: false, message: `kubeconfig ${file}: ${firstLine(error)}` };
    }
  }
  const name = context ?? config.getCurrentContext();
  if (config.getContextObject(name) === null) return { ok: false, message: `${source}: ${noContext(name, config)}` };
  config.setCurrentContext(name);
  const message = unusable(config, source);
  if (message !== undefined) return { ok: false, message };
  usePlugin(config, true);
  return { ok: true, config, name };
}

/** As kubectl merges them: of two entries with one name the first counts, and so does the first current context. */
function addFile(config: KubeConfig, file: string): void {
  const more = new KubeConfig();
  loadKubeconfig(more, file);
  const { clusters = [], users = [], contexts = [] } = config;
  config.clusters = withNew(clusters, more.clusters);
  config.users = withNew(users, more.users);
  config.contexts = withNew(contexts, more.contexts);
  config.currentContext ||= more.currentContext;
}

function withNew<T extends { readonly name: string }>(known: readonly T[], more: readonly T[] = []): T[] {
  return [...known, ...more.filter(({ name }) => !known.some((other) => other.name === name))];
}

function defaultFiles(env: Environment): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  // kubectl passes over files that are not there, as long as one is.
  const there = named.filter((file) => existsSync(file));
  if (named.length > 0) return there.length > 0 ? there : named;
  const usual = join(homedir(), '.kube', 'config');
  return existsSync(usual) ? [usual] : [];
}

function ofPod(context: string | undefined, env: Environment): FoundContext {
  if (env['KUBERNETES_SERVICE_HOST'] === undefined) {
    const message = 'no kubeconfig: there is no ~/.kube/config, and $KUBECONFIG is not set; name one with --kubeconfig';
    return { ok: false, message };
  }
  if (context !== undefined) return { ok: false, message: `no kubeconfig, so no context "${context}"` };
  const found = clusterConfig(undefined);
  return found.ok ? { ...found, name: 'in-cluster' } : found;
}

function noContext(name: string, config: KubeConfig): string {
  const names = config.getContexts().map((context) => context.name);
  const known = names.length > 0 ? `it has ${names.join(', ')}` : 'it has none';
  return name
    ? `it has no context "${name}" (${known})`
    : `it names no current context: choose one with --context (${known})`;
}
