import { expect, it } from 'vitest';
import { filesBelow, importsOf } from '../support/source.ts';

const files = filesBelow('src/cel', (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
const imports = new Map(files.map((path) => [path, importsOf(path).filter(({ relative }) => relative)]));

it('the CEL engine imports nothing of the rest, so that it could be a package', () => {
  const outside = [...imports.values()].flat().filter(({ from }) => !files.includes(from));
  expect(outside.map(({ from }) => from)).toEqual([]);
});

it('its files import each other in one direction, types too', () => {
  // Files that import only files without circles have none themselves; what is left at the end runs in circles.
  const left = new Map(imports);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [path, all] of left) if (all.every(({ from }) => !left.has(from))) left.delete(path);
  }
  expect([...left.keys()]).toEqual([]);
});
