import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointerSteps, toPath, toPointer } from './pointer.ts';

test('a pointer escapes tildes and slashes, and nothing else', () => {
  expect(toPointer(['metadata', 'annotations', 'a/b~c', 0])).toBe('/metadata/annotations/a~1b~0c/0');
  expect(toPointer([])).toBe('');
});

test('a text that starts without a slash is no pointer', () => {
  expect(pointerSteps('spec')).toBeUndefined();
  expect(pointerSteps('')).toEqual([]);
  expect(pointerSteps('/')).toEqual(['']);
});

test('steps that look like an index are numbers in a path', () => {
  expect(toPath('/containers/0/ports/01')).toEqual(['containers', 0, 'ports', '01']);
});

test('every path of names survives the way there and back', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (steps) => {
      expect(pointerSteps(toPointer(steps))).toEqual(steps);
    }),
  );
});
