/** A kubeconfig file as kubectl reads it. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { load } from 'js-yaml';

/** Loads it in the place of what there is; throws where it cannot be read. */
export function loadKubeconfig(config: KubeConfig, file: string): void {
  const text = readFileSync(file, 'utf8');
  config.loadFromString(text);
  config.makePathsAbsolute(dirname(file));
  // The client passes over `tokenFile`, and would ask as system:anonymous.
  const { users } = load(text) as { readonly users?: readonly NamedUser[] };
  const tokenFiles = new Map(users?.map(({ name, user }) => [name, user?.tokenFile]));
  config.users = config.users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    return tokenFile ? withTokenFile(user, resolve(dirname(file), tokenFile)) : user;
  });
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
