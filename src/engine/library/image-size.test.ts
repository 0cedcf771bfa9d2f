import { describe, expect, it } from 'vitest';
import type { JsonMap, Value } from '../../cel/value.ts';
import { imageSize } from './image-size.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function node(...images: readonly Value[]): JsonMap {
  return { kind: 'Node', status: { images } };
}

describe('imageSize', () => {
  const nodes = [
    node({ names: [`docker.io/library/nginx@${DIGEST}`, 'docker.io/library/nginx:1.29.3'], sizeBytes: 70_000_000 }),
    node({ names: ['nginx:1.29.3'], sizeBytes: 71_000_000 }, { names: ['ghcr.io/acme/web:latest'], sizeBytes: 5 }),
    { kind: 'Node' },
  ];

  it.each([
    ['nginx:1.29.3', 71_000_000],
    ['docker.io/nginx:1.29.3', 71_000_000],
    [`nginx@${DIGEST}`, 70_000_000],
    [`nginx:other@${DIGEST}`, 70_000_000],
    ['ghcr.io/acme/web', 5],
    ['nginx', 0],
    ['nginx:1.29', 0],
    ['', 0],
  ])('%s: %d bytes', (reference, bytes) => {
    expect(imageSize(reference, nodes)).toBe(bytes);
  });

  it('asks a node that reports anew', () => {
    expect(imageSize('app:1', [node({ names: ['app:1'], sizeBytes: 1 })])).toBe(1);
    expect(imageSize('app:1', [node({ names: ['app:1'], sizeBytes: 2 })])).toBe(2);
  });

  it.each<[string, Value]>([
    ['no node', null],
    ['no list of images', { status: { images: 'many' } }],
    ['no names', node({ names: null, sizeBytes: 9 })],
    ['no size', node({ names: ['app:1'], sizeBytes: 'big' })],
  ])('knows nothing from %s', (_case, given) => {
    expect(imageSize('app:1', [given])).toBe(0);
  });
});
