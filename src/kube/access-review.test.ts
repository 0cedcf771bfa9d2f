import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiServer, startApiServer } from '../../test/support/api-server.ts';
import { accessReviews } from './access-review.ts';

const SPEC = { user: 'jane', groups: ['shop'], nonResourceAttributes: { verb: 'get', path: '/healthz' } };

describe('accessReviews', () => {
  let server: ApiServer | undefined;
  afterEach(async () => server?.stop());

  const review = async (answer: Answer | 'never', signal = AbortSignal.timeout(5000)) => {
    server = await startApiServer({ 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews': () => answer });
    return accessReviews(server.config).review(SPEC, signal);
  };
  const decided = (status: object): Promise<unknown> => review({ status: 201, body: { status } });

  it('asks with a SubjectAccessReview of its spec', async () => {
    await decided({ allowed: true });
    expect(server?.requests).toEqual([
      {
        line: 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: SPEC },
      },
    ]);
  });

  it.each([
    [
      { allowed: true, reason: 'RBAC: allowed by it' },
      { allowed: true, reason: 'RBAC: allowed by it' },
    ],
    [{ allowed: false }, { allowed: false, reason: '' }],
    [
      { allowed: false, denied: true, evaluationError: 'the webhook is down' },
      { allowed: false, reason: '', error: 'the webhook is down' },
    ],
    [
      { allowed: 'yes', reason: 7 },
      { allowed: false, reason: '' },
    ],
  ])('reads a status of %j', async (status, decision) => {
    expect(await decided(status)).toEqual(decision);
  });

  it('takes selectors that cannot be parsed for no error of the authorizer', async () => {
    const ignored = (what: string): string => `spec.resourceAttributes.${what}Selector ignored due to parse error`;
    const partially = 'spec.resourceAttributes.fieldSelector partially ignored due to parse error';
    for (const evaluationError of [ignored('field'), `${partially}; ${ignored('label')}`]) {
      expect(await decided({ allowed: true, evaluationError })).toEqual({ allowed: true, reason: '' });
      await server?.stop();
    }
    expect(await decided({ allowed: true, evaluationError: `down; ${ignored('label')}` })).toMatchObject({
      error: 'down',
    });
  });

  it('says why it may not ask', async () => {
    const message = 'subjectaccessreviews.authorization.k8s.io is forbidden';
    await expect(review({ status: 403, body: { message } })).rejects.toMatchObject({ statusCode: 403, message });
  });

  it('gives up when it is told to', async () => {
    await expect(review('never', AbortSignal.timeout(50))).rejects.toThrow(/aborted/);
  });
});
