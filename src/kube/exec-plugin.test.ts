import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterConfig } from './client.ts';
import type { ExecConfig } from './exec-plugin.ts';

const V1 = 'client.authentication.k8s.io/v1';

describe('the credential plugin of a kubeconfig', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-plugin-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  const script = async (...lines: readonly string[]): Promise<void> => {
    await writeFile(join(folder, 'plugin'), ['#!/bin/sh', ...lines].join('\n'));
    await chmod(join(folder, 'plugin'), 0o755);
  };
  /** What requests are sent with by a user of this plugin. */
  const options = async (exec: Partial<ExecConfig> = {}): Promise<() => Promise<RequestOptions>> => {
    const file = join(folder, 'config');
    const kubeconfig = {
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Y2E=' } }],
      users: [{ name: 'u', user: { exec: { apiVersion: V1, command: './plugin', ...exec } } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    };
    await writeFile(file, JSON.stringify(kubeconfig));
    const found = clusterConfig(file);
    if (!found.ok) throw new Error(found.message);
    return async () => {
      const sent: RequestOptions = {};
      await found.config.applyToHTTPSOptions(sent);
      return sent;
    };
  };
  const printing = (status: object): string => `echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`;
  const runs = async (): Promise<number> => (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1;
  const counting = (): string => `echo run >> ${join(folder, 'runs')}`;

  it('gives a token, and is found beside the kubeconfig; run once for all requests until it expires', async () => {
    const later = new Date(Date.now() + 60_000).toISOString();
    await script(counting(), printing({ token: 'first', expirationTimestamp: later }));
    const send = await options();
    const sent = await Promise.all([send(), send(), send()]);
    expect(sent.map(({ headers }) => headers)).toEqual(Array(3).fill({ Authorization: 'Bearer first' }));
    await send();
    expect(await runs()).toBe(1);
  });

  it('is run again once its credential has expired', async () => {
    await script(printing({ token: 'old', expirationTimestamp: '2020-01-01T00:00:00Z' }));
    const send = await options();
    await send();
    await script(printing({ token: 'new' }));
    expect((await send()).headers).toEqual({ Authorization: 'Bearer new' });
  });

  it('gives a client certificate', async () => {
    await script(printing({ clientCertificateData: 'certificate', clientKeyData: 'key' }));
    const send = await options();
    expect(await send()).toMatchObject({ cert: 'certificate', key: 'key' });
  });

  it('is told what it is asked for, with the variables and arguments of the kubeconfig', async () => {
    const told = join(folder, 'told');
    await script(`echo "$KUBERNETES_EXEC_INFO" > ${told}`, `echo "$STAGE $1" >> ${told}`, printing({ token: 't' }));
    const env = [{ name: 'STAGE', value: 'test' }];
    await (await options({ provideClusterInfo: true, env, args: ['get-token'] }))();
    const [info, rest] = (await readFile(told, 'utf8')).split('\n');
    expect(JSON.parse(String(info))).toEqual({
      kind: 'ExecCredential',
      apiVersion: V1,
      spec: {
        interactive: false,
        cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Y2E=' },
      },
    });
    expect(rest).toBe('test get-token');
  });

  it.each<[string, readonly string[], Partial<ExecConfig>, string]>([
    [
      'is not installed, and how to get it',
      [],
      { command: 'no-such-plugin', installHint: '\nInstall it:\n  get no-such-plugin\n' },
      'the credential plugin "no-such-plugin" is not installed: Install it: get no-such-plugin',
    ],
    [
      'failed, in its own words',
      ['echo "the session is over" >&2', 'exit 3'],
      {},
      'failed (exit code 3): the session is over',
    ],
    ['printed no credential', ['echo very-secret'], {}, 'gave neither a token nor a client certificate with its key'],
    ['needs somebody to ask', ['exit 0'], { interactiveMode: 'Always' }, 'needs a terminal to ask on'],
  ])('says that it %s', async (_, lines, exec, message) => {
    await script(...lines);
    const send = await options(exec);
    await expect(send()).rejects.toThrow(message);
    await expect(send()).rejects.not.toThrow('very-secret');
  });
});
