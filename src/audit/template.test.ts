import { expect, it } from 'vitest';
import { templateIn } from './template.ts';

it('reads what helm template has noted', () => {
  expect(templateIn('---\n# Source: shop/templates/web.yaml\r\napiVersion: v1\n')).toBe('shop/templates/web.yaml');
  expect(templateIn('# Source: shop/charts/db/templates/a b.yaml\nkind: Pod')).toBe(
    'shop/charts/db/templates/a b.yaml',
  );
});

it.each(['kind: Pod\n', 'data:\n  note: |\n    # Source: here\n', '# Source:\nkind: Pod', '# The Source: here\n'])(
  'finds none in %j',
  (text) => {
    expect(templateIn(text)).toBeUndefined();
  },
);
