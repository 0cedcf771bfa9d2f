/** `npm run generate:crds`: writes our CustomResourceDefinitions into the chart. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitions } from './crds.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'charts', 'tidegate', 'crds');

mkdirSync(FOLDER, { recursive: true });
for (const [file, text] of definitions()) writeFileSync(join(FOLDER, file), text);
