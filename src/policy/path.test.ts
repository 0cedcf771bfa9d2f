import { describe, expect, it } from 'vitest';
import { formatPath, parsePath } from './path.ts';

describe('parsePath', () => {
  it.each([
    ['', []],
    ['readinessProbe', ['readinessProbe']],
    ['resources.limits', ['resources', 'limits']],
    ['ports[0].name', ['ports', 0, 'name']],
    ["metadata.labels['app.kubernetes.io/name']", ['metadata', 'labels', 'app.kubernetes.io/name']],
    ['data["it\'s"]', ['data', "it's"]],
    ["['a\\'b'].c", ["a'b", 'c']],
  ])('reads %s', (text, path) => {
    expect(parsePath(text)).toEqual(path);
    expect(parsePath(formatPath(path))).toEqual(path);
  });

  it.each(['.a', 'a.', 'a..b', 'a b', 'a[', 'a[x]', 'a[-1]', '/a/b', 'a[0]b', '[0'])('refuses %s', (text) => {
    expect(parsePath(text)).toBeUndefined();
  });
});
