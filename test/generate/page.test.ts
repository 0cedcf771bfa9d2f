import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BUNDLE, bundleText } from './page.ts';

it('the page of a report has the script and the style of its sources (npm run generate:page)', async () => {
  expect(readFileSync(BUNDLE, 'utf8')).toBe(await bundleText());
});
