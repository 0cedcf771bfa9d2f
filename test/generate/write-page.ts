/** `npm run generate:page`: writes the script and the style of the page of a report. */
import { writeFileSync } from 'node:fs';
import { BUNDLE, bundleText } from './page.ts';

writeFileSync(BUNDLE, await bundleText());
