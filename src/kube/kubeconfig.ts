/** A kubeconfig file as kubectl reads it. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { load } from 'js-yaml';
import { type ExecConfig, execPlugin } from './exec-plugin.ts';

/** Loads it in the place of what there is; throws where it cannot be read, and says why in words that do not name it again. */
export function loadKubeconfig(config: KubeConfig, file: string): void {
  const text = textOf(file);
  config.loadFromString(text);
  config.makePathsAbsolute(dirname(file));
  // The client takes plain HTTP only where no certificate is to be verified, and here there is none.
  config.clusters = config.clusters.map((one) => (isLoopback(one.server) ? { ...one, skipTLSVerify: true } : one));
  // The client passes over `tokenFile`, and would ask as system:anonymous.
  const { users } = load(text) as { readonly users?: readonly NamedUser[] };
  const tokenFiles = new Map(users?.map(({ name, user }) => [name, user?.tokenFile]));
  config.users = config.users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    const placed = withPlugin(user, dirname(file));
    return tokenFile ? withTokenFile(placed, resolve(dirname(file), tokenFile)) : placed;
  });
}

/** Plain HTTP that does not leave this machine: that of `kubectl proxy`. */
function isLoopback(server: string): boolean {
  return /^http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$)/i.test(server);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read: permission denied',
  EISDIR: 'it is a folder',
};

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason === undefined ? error : new Error(reason, { cause: error });
  }
}

/** A path to a plugin starts at the kubeconfig; a mere name is looked for in the PATH. */
function withPlugin(user: User, folder: string): User {
  const exec = user.exec as ExecConfig | undefined;
  return exec?.command?.includes('/') ? { ...user, exec: { ...exec, command: resolve(folder, exec.command) } } : user;
}

/**
 * Lets the current user log in by our own run of their credential plugin: the client's own one says nothing of what the plugin says
 * while it waits for a person, nor tells it what it may do. `attended` as execPlugin has it.
 */
export function usePlugin(config: KubeConfig, attended: boolean): void {
  const current = config.getCurrentUser();
  if (!current?.exec) return;
  const { exec, ...user } = current;
  config.users = config.users.map((one) => (one === current ? user : one));
  config.addAuthenticator(execPlugin({ user: user.name, exec, cluster: config.getCurrentCluster(), attended }));
}

/** Its token is read anew for each request: whoever writes the file replaces it before the token expires. */
function withTokenFile(user: User, file: string): User {
  return {
    ...user,
    get token() {
      return readFileSync(file, 'utf8').trim();
    },
  };
}

interface NamedUser {
  readonly name: string;
  readonly user?: { readonly tokenFile?: string };
}
