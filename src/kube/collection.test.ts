import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiServer, startApiServer } from '../../test/support/api-server.ts';
import { collectionPath, listCollection, type Page, pagesOf } from './collection.ts';

describe('collectionPath', () => {
  it.each([
    ['v1', 'serviceaccounts', '/api/v1/serviceaccounts'],
    ['apps/v1', 'deployments', '/apis/apps/v1/deployments'],
    ['policy/v1', 'poddisruptionbudgets', '/apis/policy/v1/poddisruptionbudgets'],
    ['v1', '../../secrets?x=', '/api/v1/..%2F..%2Fsecrets%3Fx%3D'],
  ])('%s %s is %s', (apiVersion, resource, path) => {
    expect(collectionPath({ apiVersion, resource })).toBe(path);
  });
});

describe('pagesOf', () => {
  let server: ApiServer | undefined;
  afterEach(async () => server?.stop());

  const page = (name: string, next?: string): Answer => ({
    body: {
      apiVersion: 'v1',
      kind: 'PodList',
      metadata: { resourceVersion: '7', ...(next && { continue: next }) },
      items: [{ metadata: { name, managedFields: [{}] } }],
    },
  });
  const expired = (next?: string): Answer => ({
    status: 410,
    body: { message: 'the token is too old', metadata: next ? { continue: next } : {} },
  });
  /** Answers one after the other. */
  const serve = async (...answers: readonly Answer[]): Promise<ApiServer> => {
    const left = answers.values();
    server = await startApiServer({ 'GET /api/v1/pods': () => left.next().value ?? { status: 500 } });
    return server;
  };
  const queries = (): readonly string[] => server?.requests.map(({ line }) => line.split('?')[1] ?? '') ?? [];
  const pagesIn = async (pages: AsyncIterable<Page>): Promise<readonly Page[]> => {
    const all: Page[] = [];
    for await (const page of pages) all.push(page);
    return all;
  };
  const namesOf = async (pages: AsyncIterable<Page>): Promise<readonly unknown[]> =>
    (await pagesIn(pages)).flatMap(({ items }) => items.map(({ metadata }) => metadata?.name));

  it('reads slim objects with their kinds, page by page', async () => {
    const { config } = await serve(page('a', 'more'), page('b'));
    const [first, second] = await pagesIn(pagesOf(config, '/api/v1/pods', { limit: 1 }));
    const pod = { apiVersion: 'v1', kind: 'Pod' };
    expect(first).toEqual({ items: [{ ...pod, metadata: { name: 'a' } }], resourceVersion: '7' });
    expect(second?.items).toEqual([{ ...pod, metadata: { name: 'b' } }]);
    expect(queries()).toEqual(['limit=1', 'limit=1&continue=more']);
  });

  it('goes on with newer objects where the token has expired', async () => {
    const { config } = await serve(page('a', 'old'), expired('new'), page('b'));
    expect(await namesOf(pagesOf(config, '/api/v1/pods'))).toEqual(['a', 'b']);
    expect(queries().at(-1)).toBe('limit=500&continue=new');
  });

  it.each([
    ['which is to be of one moment', expired('new'), { consistent: true }],
    ['which cannot be gone on with', expired(), {}],
  ])('gives up a list %s', async (_, answer, options) => {
    const { config } = await serve(page('a', 'old'), answer);
    await expect(namesOf(pagesOf(config, '/api/v1/pods', options))).rejects.toMatchObject({ statusCode: 410 });
  });

  it('asks a busy server once more where it is patient, each time in its turn', async () => {
    const { config } = await serve({ status: 429, body: { message: 'busy' } }, page('a'));
    let turns = 0;
    const pace = async (): Promise<void> => void turns++;
    expect(await namesOf(pagesOf(config, '/api/v1/pods', { patient: true, pace }))).toEqual(['a']);
    expect(turns).toBe(2);
    await server?.stop();
    const other = await serve({ status: 429, body: { message: 'busy' } });
    await expect(namesOf(pagesOf(other.config, '/api/v1/pods'))).rejects.toMatchObject({ statusCode: 429 });
  });

  it.each([
    ['a server that starts', { status: 503, body: { message: 'starting' } }],
    ['an answer that is cut off', { text: '{"kind":' }],
  ] as const)('asks %s once more where it is patient', async (_, answer) => {
    const { config } = await serve(answer, page('a'));
    expect(await namesOf(pagesOf(config, '/api/v1/pods', { patient: true }))).toEqual(['a']);
  });

  it('does not ask once more who may not list', async () => {
    const { config } = await serve({ status: 403, body: { message: 'forbidden' } }, page('a'));
    await expect(namesOf(pagesOf(config, '/api/v1/pods', { patient: true }))).rejects.toMatchObject({
      statusCode: 403,
    });
    expect(queries()).toHaveLength(1);
  });

  it('asks nothing any more once it is told to stop', async () => {
    const { config } = await serve(page('a', 'more'), page('b'));
    const stop = new AbortController();
    const pages = pagesOf(config, '/api/v1/pods', { signal: stop.signal, patient: true });
    await pages.next();
    stop.abort(new Error('no longer elected'));
    await expect(pages.next()).rejects.toThrow('no longer elected');
    expect(queries()).toHaveLength(1);
  });

  it('reads a whole collection in one piece where its pages grow too old', async () => {
    const { config } = await serve(page('a', 'old'), expired('new'), page('a'));
    const { items, metadata } = await listCollection(config, '/api/v1/pods');
    expect(items).toHaveLength(1);
    expect(metadata).toEqual({ resourceVersion: '7' });
    expect(queries().at(-1)).toBe('limit=0');
  });
});
