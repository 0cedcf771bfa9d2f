import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Informer, informer, type WatchProblem } from './informer.ts';

// The protocol's rare turns (410 Gone, a permission that comes and goes) cannot be asked of a real API server at will;
// the everyday ones are tested against a real one in test/cluster.
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const SERVICE_ACCOUNTS = { apiVersion: 'v1', resource: 'serviceaccounts' };
const account = (name: string, resourceVersion = '1') => ({
  metadata: { name, namespace: 'shop', resourceVersion, managedFields: [{ manager: 'kubectl' }] },
});

function list(names: readonly string[], metadata: object = {}): Answer {
  const body = {
    kind: 'ServiceAccountList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '10', ...metadata },
    items: names.map((name) => account(name)),
  };
  return (_, response) => response.end(JSON.stringify(body));
}

function refuse(code: number): Answer {
  return (_, response) => {
    response.statusCode = code;
    response.end(JSON.stringify({ kind: 'Status', message: `serviceaccounts is forbidden (${code})` }));
  };
}

describe('informer', () => {
  let server: Server;
  let config: KubeConfig;
  let answers: { list: Answer; watch: Answer };
  let watching: ServerResponse[];
  let lists: number;
  let problems: WatchProblem[];
  let running: Informer | undefined;

  const send = (type: string, object: object): void => {
    watching.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);
  };
  const names = (): readonly string[] | undefined =>
    running?.list('shop')?.map((object) => String((object['metadata'] as { readonly name: string }).name));

  beforeEach(async () => {
    watching = [];
    lists = 0;
    problems = [];
    answers = {
      list: list(['default']),
      watch: (_, response) => {
        response.flushHeaders();
        watching.push(response);
      },
    };
    server = createServer((request, response) => {
      if (request.url?.includes('watch=true')) return answers.watch(request, response);
      lists += 1;
      return answers.list(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'here', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'user', token: 'token' },
    );
  });

  afterEach(async () => {
    running?.stop();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const start = (): Informer => {
    running = informer(config, SERVICE_ACCOUNTS, (problem) => problems.push(problem));
    return running;
  };

  it('knows nothing before the first list, then what is there and what is not', async () => {
    const { get, attempted } = start();
    expect(get('shop', 'default')).toBeUndefined();
    await attempted;
    expect(get('shop', 'default')).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'shop', resourceVersion: '1' },
    });
    expect(get('shop', 'other')).toBeNull();
    expect(running?.list('elsewhere')).toEqual([]);
  });

  it('follows events and drops managedFields from them too', async () => {
    await start().attempted;
    send('ADDED', account('builder', '11'));
    await vi.waitFor(() => expect(names()).toEqual(['default', 'builder']));
    expect(running?.get('shop', 'builder')).not.toHaveProperty('metadata.managedFields');
    send('DELETED', account('default', '12'));
    await vi.waitFor(() => expect(names()).toEqual(['builder']));
  });

  it('tells of the list and of each change after it, when the news is there to be read', async () => {
    const seen: (readonly string[] | undefined)[] = [];
    start().onChange(() => seen.push(names()));
    await running?.attempted;
    send('ADDED', account('builder', '11'));
    send('DELETED', account('default', '12'));
    await vi.waitFor(() => expect(seen).toEqual([['default'], ['default', 'builder'], ['builder']]));
  });

  it('asks for one object of one namespace where that is all it may see', async () => {
    const asked: (string | undefined)[] = [];
    server.prependListener('request', ({ url }: IncomingMessage) => void asked.push(url));
    running = informer(config, { ...SERVICE_ACCOUNTS, namespace: 'shop', name: 'default' }, () => undefined);
    await running.attempted;
    const one = /^\/api\/v1\/namespaces\/shop\/serviceaccounts\?.*fieldSelector=metadata.name%3Ddefault/;
    const both = [expect.stringMatching(one), expect.stringMatching(one)];
    await vi.waitFor(() => expect(asked).toEqual(both));
  });

  it('reads a long collection page by page', async () => {
    answers.list = (request, response) => {
      const more = request.url?.includes('continue=next') === true;
      return (more ? list(['second']) : list(['first'], { continue: 'next' }))(request, response);
    };
    await start().attempted;
    expect(names()).toEqual(['first', 'second']);
  });

  it('lists anew on 410 Gone, and forgets what was deleted meanwhile', async () => {
    await start().attempted;
    answers.list = list(['renewed']);
    send('ERROR', { kind: 'Status', code: 410 });
    watching.at(-1)?.end();
    await vi.waitFor(() => expect(names()).toEqual(['renewed']), { timeout: 5000 });
  });

  it('keeps what it knew through a broken connection, and lists anew after it', async () => {
    await start().attempted;
    answers.list = refuse(500);
    watching.at(-1)?.destroy();
    await vi.waitFor(() => expect(lists).toBeGreaterThan(3), { timeout: 5000 });
    expect(names()).toEqual(['default']);
    answers.list = list(['after']);
    await vi.waitFor(() => expect(names()).toEqual(['after']), { timeout: 5000 });
    const messages = problems.map(({ message }) => message);
    expect(messages).toEqual([...new Set(messages)]);
  });

  it.each([401, 403, 404])('knows nothing while the answer is %i, and everything once it is readable', async (code) => {
    answers.list = refuse(code);
    await start().attempted;
    await vi.waitFor(() =>
      expect(problems[0]).toEqual({
        ...SERVICE_ACCOUNTS,
        message: `serviceaccounts is forbidden (${code})`,
        unreadable: true,
      }),
    );
    expect(running?.get('shop', 'default')).toBeUndefined();
    expect(running?.list('shop')).toBeUndefined();
    answers.list = list(['default']);
    await vi.waitFor(() => expect(names()).toEqual(['default']), { timeout: 5000 });
  });

  it('asks nothing more once it is stopped', async () => {
    await start().attempted;
    const open = watching.at(-1);
    running?.stop();
    await vi.waitFor(() => expect(open?.destroyed).toBe(true));
    expect(lists).toBe(1);
  });

  it('survives credentials that become unreadable between two watches', async () => {
    await start().attempted;
    const users = config.users;
    config.users = [{ name: 'user', authProvider: { name: 'tokenFile', config: { tokenFile: '/nowhere/token' } } }];
    watching.at(-1)?.end();
    await vi.waitFor(() => expect(problems[0]?.message).toMatch(/ENOENT/), { timeout: 5000 });
    expect(names()).toEqual(['default']);
    config.users = users;
    answers.list = list(['after']);
    await vi.waitFor(() => expect(names()).toEqual(['after']), { timeout: 5000 });
  });
});
