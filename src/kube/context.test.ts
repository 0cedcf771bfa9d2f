import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startApiServer } from '../../test/support/api-server.ts';
import { getJson } from './client.ts';
import { findContext } from './context.ts';

let folder: string;
const contexts = (current: string, ...names: readonly string[]) =>
  JSON.stringify({
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}:6443` } })),
    users: [{ name: 'me', user: { token: 'very-secret' } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'me' } })),
    'current-context': current,
  });
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-context-'));
  await writeFile(file('one'), contexts('prod', 'prod', 'test'));
  await writeFile(file('two'), contexts('edge', 'edge', 'prod'));
  await writeFile(file('none'), contexts('', 'prod'));
  await writeFile(file('nobody'), JSON.stringify({ ...JSON.parse(contexts('prod', 'prod')), users: [] }));
  await writeFile(file('broken'), 'users: [{ token: very-secret');
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const server = (found: ReturnType<typeof findContext>) =>
  found.ok && [found.name, found.config.getCurrentCluster()?.server];

it('takes the current context of a file, or the one that is named', () => {
  expect(server(findContext({ kubeconfig: file('one') }))).toEqual(['prod', 'https://prod:6443']);
  expect(server(findContext({ kubeconfig: file('one'), context: 'test' }))).toEqual(['test', 'https://test:6443']);
});

it('merges the files of KUBECONFIG as kubectl does, those that are not there passed over', () => {
  const env = { KUBECONFIG: [file('missing'), file('one'), file('two')].join(delimiter) };
  expect(server(findContext({}, env))).toEqual(['prod', 'https://prod:6443']);
  expect(server(findContext({ context: 'edge' }, env))).toEqual(['edge', 'https://edge:6443']);
});

it.each([
  [
    'a context that is not there',
    { kubeconfig: 'one', context: 'stage' },
    'it has no context "stage" (it has prod, test)',
  ],
  [
    'no current context',
    { kubeconfig: 'none' },
    'it names no current context: choose one with --context (it has prod)',
  ],
  ['a user that is not there', { kubeconfig: 'nobody' }, 'it has no user "me"'],
  ['a missing file', { kubeconfig: 'missing' }, 'missing: there is no such file'],
  ['a folder', { kubeconfig: '.' }, 'it is a folder'],
])('says what is wrong: %s', (_, { kubeconfig, ...asked }, message) => {
  const found = findContext({ kubeconfig: file(kubeconfig), ...asked });
  expect(found).toEqual({ ok: false, message: expect.stringContaining(message) });
  expect(found).toEqual({ ok: false, message: expect.stringMatching(/^kubeconfig .*$/) });
});

it.each([
  [
    { name: 'gcp' },
    'the auth-provider "gcp", which is no longer supported: let it log in with gke-gcloud-auth-plugin (exec)',
  ],
  [
    { name: 'azure', config: { expiry: 'x' } },
    'the auth-provider "azure", which is no longer supported: let it log in with kubelogin (exec)',
  ],
  [
    { name: 'our', config: {} },
    'the auth-provider "our", which is no longer supported: let it log in with a credential plugin (exec)',
  ],
  [{ name: 'oidc', config: null }, 'the auth-provider "oidc" without an id-token: log in first'],
])('refuses a user with the auth-provider %j', async (provider, message) => {
  const users = [{ name: 'me', user: { 'auth-provider': provider } }];
  await writeFile(file('legacy'), JSON.stringify({ ...JSON.parse(contexts('prod', 'prod')), users }));
  const found = findContext({ kubeconfig: file('legacy') });
  expect(found).toEqual({ ok: false, message: `kubeconfig ${file('legacy')}: its user "me" has ${message}` });
});

it('takes the auth-provider oidc of somebody who has logged in', async () => {
  const users = [{ name: 'me', user: { 'auth-provider': { name: 'oidc', config: { 'id-token': 'a.b.c' } } } }];
  await writeFile(file('oidc'), JSON.stringify({ ...JSON.parse(contexts('prod', 'prod')), users }));
  expect(findContext({ kubeconfig: file('oidc') })).toMatchObject({ ok: true });
});

it('takes plain HTTP of this machine, as kubectl proxy serves it, and of no other', async () => {
  const api = await startApiServer({ 'GET /version': () => ({ body: { minor: '36' } }) });
  onTestFinished(() => api.stop());
  const asked = async (server: string) => {
    const clusters = [{ name: 'prod', cluster: { server } }];
    await writeFile(file('plain'), JSON.stringify({ ...JSON.parse(contexts('prod', 'prod')), clusters }));
    return findContext({ kubeconfig: file('plain') });
  };
  const found = await asked(String(api.config.getCurrentCluster()?.server));
  expect(found.ok && (await getJson(found.config, '/version'))).toEqual({ minor: '36' });
  expect(await asked('http://[::1]:8001')).toMatchObject({ ok: true });
  expect(await asked('http://ann:very-secret@127.0.0.1.example.com')).toEqual({
    ok: false,
    message: `kubeconfig ${file('plain')}: "http://127.0.0.1.example.com" would get what the user logs in with unencrypted: name it by https`,
  });
});

it('has the token of a file, as it is now', async () => {
  await writeFile(file('token'), 'first\n');
  const user = { name: 'me', user: { tokenFile: 'token', token: 'of-old' } };
  await writeFile(file('with-token-file'), JSON.stringify({ ...JSON.parse(contexts('prod', 'prod')), users: [user] }));
  const found = findContext({ kubeconfig: file('with-token-file') });
  const token = (): string | undefined => (found.ok ? found.config.getCurrentUser()?.token : found.message);
  expect(token()).toBe('first');
  await writeFile(file('token'), 'second');
  expect(token()).toBe('second');
});

it('never quotes a broken file, which may hold credentials', () => {
  const found = findContext({ kubeconfig: file('broken') });
  expect(found.ok).toBe(false);
  expect(JSON.stringify(found)).not.toContain('very-secret');
});
