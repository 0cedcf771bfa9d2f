import fc from 'fast-check';
import { expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { JSON_PATCH } from './json-patch.ts';

it('escapes a key so that a JSON pointer reads it back', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      const escaped = call(JSON_PATCH, 'jsonpatch.escapeKey', key) as string;
      expect(escaped).not.toContain('/');
      expect(escaped.replaceAll('~1', '/').replaceAll('~0', '~')).toBe(key);
    }),
  );
});
