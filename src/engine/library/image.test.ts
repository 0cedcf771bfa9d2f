import { describe, expect, it } from 'vitest';
import { imageMatches, parseImage } from './image.ts';

const HEX = 'a'.repeat(64);

describe('parseImage', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', '', ''],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', ''],
    ['bitnami/redis:7', 'docker.io', 'bitnami/redis', '7', ''],
    ['docker.io/nginx', 'docker.io', 'library/nginx', '', ''],
    ['index.docker.io/acme/app', 'docker.io', 'acme/app', '', ''],
    ['ghcr.io/acme/app:v1', 'ghcr.io', 'acme/app', 'v1', ''],
    ['localhost/app', 'localhost', 'app', '', ''],
    ['localhost:5000/app', 'localhost:5000', 'app', '', ''],
    ['172.21.51.143:5000/myblog:v1', '172.21.51.143:5000', 'myblog', 'v1', ''],
    [`nginx@sha256:${HEX}`, 'docker.io', 'library/nginx', '', `sha256:${HEX}`],
    [`nginx:latest@sha256:${HEX}`, 'docker.io', 'library/nginx', 'latest', `sha256:${HEX}`],
    ['nginx@latest', 'docker.io', 'library/nginx', '', ''],
    ['nginx:', 'docker.io', 'library/nginx', '', ''],
    [' nginx ', 'docker.io', 'library/nginx', '', ''],
  ])('%s', (reference, registry, repository, tag, digest) => {
    expect(parseImage(reference)).toMatchObject({
      registry,
      repository,
      tag,
      digest,
      name: `${registry}/${repository}`,
    });
  });

  it('gives the reference in full', () => {
    expect(parseImage('nginx').identifier).toBe('docker.io/library/nginx:latest');
    expect(parseImage('ghcr.io/a/b:1').identifier).toBe('ghcr.io/a/b:1');
    expect(parseImage(`nginx:1@sha256:${HEX}`).identifier).toBe(`docker.io/library/nginx@sha256:${HEX}`);
  });

  it('gives empty strings for no image', () => {
    expect(parseImage('')).toEqual({ registry: '', repository: '', name: '', tag: '', digest: '', identifier: '' });
  });
});

describe('imageMatches', () => {
  it.each([
    ['cloud.azurecr.io/app', '*.azurecr.io', true],
    ['a.b.azurecr.io/app', '*.azurecr.io', false],
    ['azurecr.io/app', '*.azurecr.io', false],
    ['localhost:5000/app', 'localhost:5000', true],
    ['localhost:5001/app', 'localhost:5000', false],
    ['acme/app:1', 'docker.io/acme', true],
    ['acme/app:1', 'docker.io/acme/', true],
    ['acme/app:1', 'https://docker.io/acme', true],
    ['acmes/app', 'docker.io/acme', false],
    ['nginx', 'docker.io', true],
    ['nginx', 'docker.io/library/nginx/deeper', false],
    ['ghcr.io/acme/web-internal', 'ghcr.io/acme/*-internal', true],
    ['ghcr.io/acme/web/internal', 'ghcr.io/acme/*-internal', false],
    ['ghcr.io/acme/a-b-c', 'ghcr.io/acme/*-b-*', true],
    ['ghcr.io/acme/ab', 'ghcr.io/acme/ab*b', false],
    ['', '*', false],
  ])('%s is covered by %s: %s', (image, pattern, expected) => {
    expect(imageMatches(image, ['nowhere.example', pattern])).toBe(expected);
  });

  it('does not hang on a pattern made for it', () => {
    const pattern = `ghcr.io/${'*a'.repeat(2000)}`;
    expect(imageMatches(`ghcr.io/${'a'.repeat(1999)}`, [pattern])).toBe(false);
  });
});
