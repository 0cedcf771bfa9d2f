import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReview } from './review.ts';

const REQUEST = {
  uid: 'a-uid',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  operation: 'CREATE',
  userInfo: { username: 'somebody' },
  object: { metadata: { name: 'web' } },
  oldObject: null,
  options: null,
};

function review(request: Readonly<Record<string, unknown>>): unknown {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { ...REQUEST, ...request } };
}

describe('parseReview', () => {
  it('leaves the object what it is: the very one of the body', () => {
    const parsed = parseReview(review({}));
    expect(parsed.ok && parsed.review.request.object).toBe(REQUEST.object);
  });

  it.each([
    ['a DELETE without an object', { operation: 'DELETE', object: null, oldObject: REQUEST.object }],
    ['a CONNECT with an options object', { operation: 'CONNECT', object: { kind: 'PodExecOptions' } }],
    ['a CONNECT without an object', { operation: 'CONNECT', object: null }],
    ['an UPDATE of a subresource', { operation: 'UPDATE', subResource: 'scale', oldObject: {} }],
    ['an object of any shape', { object: { metadata: [], spec: 'what?' } }],
    ['fields of a later Kubernetes', { tomorrow: true }],
  ])('accepts %s', (_what, request) => {
    expect(parseReview(review(request)).ok).toBe(true);
  });

  it('reads fields that are left out as null', () => {
    const { object: _object, oldObject: _old, ...rest } = REQUEST;
    const body = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { ...rest, operation: 'DELETE' },
    };
    const parsed = parseReview(body);
    expect(parsed.ok && [parsed.review.request.object, parsed.review.request.oldObject]).toEqual([null, null]);
  });

  it.each([
    [
      'an unknown operation',
      { operation: 'PATCH' },
      'request.operation is "PATCH": expected one of CREATE, UPDATE, DELETE, CONNECT',
    ],
    ['an object that is a list', { object: [] }, 'request.object is a list: expected an object'],
    ['a CREATE of nothing', { object: null }, 'request.object is null: expected an object'],
    ['an UPDATE to nothing', { operation: 'UPDATE', object: null }, 'request.object is null: expected an object'],
    ['an UPDATE of nothing', { operation: 'UPDATE' }, 'request.oldObject is null: expected an object'],
    ['a CREATE that leaves the object out', { object: undefined }, 'request has no object'],
    [
      'an object that is text, without quoting it',
      { object: 'secret' },
      'request.object is a string: expected an object',
    ],
    ['a kind that is a string', { kind: 'Deployment' }, 'request.kind is a string: expected an object'],
    ['a resource without a group', { resource: { version: 'v1', resource: 'pods' } }, 'request.resource has no group'],
    ['a namespace that is no string', { namespace: 5 }, 'request.namespace is a number: expected a string'],
    ['a user that is none', { userInfo: 'root' }, 'request.userInfo is a string: expected an object'],
  ])('refuses %s by name, with the uid', (_what, request, message) => {
    expect(parseReview(review(request))).toEqual({ ok: false, message, uid: 'a-uid' });
  });

  it.each([
    [
      'another version',
      { apiVersion: 'admission.k8s.io/v1beta1' },
      'apiVersion is "admission.k8s.io/v1beta1": expected "admission.k8s.io/v1"',
    ],
    ['another kind', { kind: 'Pod' }, 'kind is "Pod": expected "AdmissionReview"'],
  ])('refuses %s', (_what, envelope, message) => {
    expect(parseReview({ ...(review({}) as object), ...envelope })).toEqual({ ok: false, message, uid: 'a-uid' });
  });

  it.each([
    [null],
    [[]],
    ['text'],
    [{}],
    [{ request: null }],
    [review({ uid: '' })],
    [review({ uid: 7 })],
    [review({ uid: 'x'.repeat(300) })],
  ])('refuses %j without a uid to answer to', (body) => {
    const parsed = parseReview(body);
    expect(parsed).toEqual({ ok: false, message: expect.any(String) });
  });

  it('survives any JSON, also in the place of any field', () => {
    const field = fc.constantFrom(...Object.keys(REQUEST));
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        const parsed = parseReview(review({ [name]: value }));
        return parsed.ok || parsed.message !== '';
      }),
    );
  });
});
