import { describe, expect, it } from 'vitest';
import { collectionPath } from './collection.ts';

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
