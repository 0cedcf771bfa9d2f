import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiServer, startApiServer } from '../../test/support/api-server.ts';
import { secretReader } from './secret.ts';

const LINE = 'GET /api/v1/namespaces/shop/secrets/db';

describe('secretReader', () => {
  let server: ApiServer | undefined;
  afterEach(async () => server?.stop());

  const read = async (answer: Answer | 'never', signal = AbortSignal.timeout(5000)) => {
    server = await startApiServer({ [LINE]: () => answer });
    return secretReader(server.config).read('shop', 'db', signal);
  };

  it('asks for that Secret and for nothing else', async () => {
    const secret = { kind: 'Secret', data: { a: 'eA==' } };
    expect(await read({ body: secret })).toEqual(secret);
    expect(server?.requests.map(({ line }) => line)).toEqual([LINE]);
  });

  it('says that there is none', async () => {
    expect(await read({ status: 404, body: { message: 'secrets "db" not found' } })).toBeNull();
  });

  it('says why it may not', async () => {
    const message = 'secrets "db" is forbidden';
    await expect(read({ status: 403, body: { message } })).rejects.toMatchObject({ statusCode: 403, message });
  });

  it('gives up when it is told to', async () => {
    await expect(read('never', AbortSignal.timeout(50))).rejects.toThrow(/aborted/);
  });

  it('never quotes an answer that it cannot read', async () => {
    await expect(read({ text: '{"kind": "Secret", "data": {"password": "hunter2"' })).rejects.toThrow(
      /^the answer of the API server is no JSON$/,
    );
  });
});
