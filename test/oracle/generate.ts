import { writeFileSync } from 'node:fs';
import { CORE_FAMILIES } from './families-core.ts';
import { LIBRARY_FAMILIES } from './families-library.ts';
import type { Family } from './family.ts';

/** Writes the expressions that the API server is asked: `node test/oracle/generate.ts`, then `go run .` beside it. */
for (const [name, { request, expressions }] of Object.entries<Family>({ ...CORE_FAMILIES, ...LIBRARY_FAMILIES })) {
  const lines = [...new Set(expressions)].map((expression) => `  ${JSON.stringify(expression)}`);
  const text = `{\n"request": ${JSON.stringify(request)},\n"expressions": [\n${lines.join(',\n')}\n]\n}\n`;
  writeFileSync(new URL(`expressions/${name}.json`, import.meta.url), text);
}
