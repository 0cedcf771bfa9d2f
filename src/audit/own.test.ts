import { expect, it } from 'vitest';
import { own } from './own.ts';

it.each(['web', 'a longer name than V8 copies', 'é\u0000\n"\\', '\u{1F600}', '\ud800 alone', ''])(
  'keeps %j as it is',
  (text) => {
    expect(own(text)).toBe(text);
  },
);

it('keeps a patch', () => {
  const patch = [{ op: 'add', path: '/metadata/labels', value: { app: 'web', tiers: [1, true, null] } }] as const;
  expect(own(patch)).toEqual(patch);
});
