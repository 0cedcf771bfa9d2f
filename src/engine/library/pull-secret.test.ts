import { describe, expect, it } from 'vitest';
import type { JsonMap, Value } from '../../cel/value.ts';
import { pullSecretCovers, pullSecretRegistries } from './pull-secret.ts';
import { secretView } from './secret.ts';

const LOGIN = { auth: 'bWU6cGFzcw==' };

function secret(auths: Value, key = '.dockerconfigjson'): JsonMap {
  const config = key === '.dockercfg' ? auths : { auths };
  return {
    type: `kubernetes.io/${key.slice(1)}`,
    data: { [key]: Buffer.from(JSON.stringify(config)).toString('base64') },
  };
}

describe('a registry Secret covers an image as kubelet matches it', () => {
  it.each<[string, string, boolean]>([
    ['acme.azurecr.io', 'acme.azurecr.io/web:1', true],
    ['acme.azurecr.io', 'other.azurecr.io/web:1', false],
    ['*.azurecr.io', 'acme.azurecr.io/web:1', true],
    ['*.azurecr.io', 'eu.acme.azurecr.io/web:1', false],
    ['https://acme.azurecr.io/v2/', 'acme.azurecr.io/web', true],
    ['localhost:5000', 'localhost:5000/web', true],
    ['localhost:5001', 'localhost:5000/web', false],
    ['ghcr.io/acme', 'ghcr.io/acme/web', true],
    ['ghcr.io/acme', 'ghcr.io/other/web', false],
    ['https://index.docker.io/v1/', 'nginx', true],
    ['docker.io', 'acme/web', true],
  ])('%s, %s: %s', (key, image, expected) => {
    expect(pullSecretCovers(secret({ [key]: LOGIN }), image)).toBe(expected);
    expect(pullSecretCovers(secret({ [key]: LOGIN }, '.dockercfg'), image)).toBe(expected);
  });

  it('with a user name and a password, but not with half a login', () => {
    expect(pullSecretCovers(secret({ 'quay.io': { username: 'me', password: 'pass' } }), 'quay.io/a/b')).toBe(true);
    expect(pullSecretCovers(secret({ 'quay.io': { username: 'me' } }), 'quay.io/a/b')).toBe(false);
  });

  it('as it is written in a file, in stringData', () => {
    const stringData = { '.dockerconfigjson': JSON.stringify({ auths: { 'quay.io': LOGIN } }) };
    expect(pullSecretCovers({ type: 'kubernetes.io/dockerconfigjson', stringData }, 'quay.io/a/b')).toBe(true);
  });
});

it.each<[string, Value]>([
  ['null', null],
  ['an Opaque Secret', { type: 'Opaque', data: { '.dockerconfigjson': '' } }],
  ['undecodable base64', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '...' } }],
  ['no data', { type: 'kubernetes.io/dockerconfigjson' }],
  ['auths that are a list', secret([LOGIN])],
])('covers nothing: %s', (_case, value) => {
  expect(pullSecretCovers(value, 'quay.io/a/b')).toBe(false);
});

it('covers the same when a policy has looked it up', () => {
  expect(pullSecretCovers(secretView(secret({ 'quay.io': LOGIN })), 'quay.io/a/b')).toBe(true);
  expect(pullSecretCovers(secretView(secret({ 'quay.io': LOGIN })), 'ghcr.io/a/b')).toBe(false);
});

it('names its registries, and no login', () => {
  const auths = { 'quay.io': LOGIN, 'https://me:pass@ghcr.io/acme': {}, 'me:pass@acme.io': {} };
  expect(pullSecretRegistries(secret(auths))).toEqual(['quay.io', 'https://ghcr.io/acme', 'acme.io']);
  expect(pullSecretRegistries(secretView(secret({ 'quay.io': LOGIN }, '.dockercfg')))).toEqual(['quay.io']);
  expect(pullSecretRegistries(null)).toEqual([]);
  expect(pullSecretRegistries({ type: 'kubernetes.io/dockerconfigjson' })).toEqual([]);
});
