import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { specTests } from './conformance.ts';
import { passesInKubernetes, reasons, testsOf } from './conformance-lists.ts';

const CEL = new URL('../../src/cel/', import.meta.url);
const readme = readFileSync(new URL('README.md', CEL), 'utf8');

const grouped = (count: number): string => count.toLocaleString('en');

/** Why tests of the specification do not pass, as the table of the README. `UPDATE=1 npx vitest run test/cel/readme.test.ts` writes it. */
function table(): string {
  const counts = Object.keys(reasons).map((reason) => ({ reason, count: testsOf(reason).length }));
  const rows = counts.toSorted((a, b) => b.count - a.count).map(({ reason, count }) => `| ${reason} | ${count} |`);
  return `\n| reason | tests |\n| --- | ---: |\n${rows.join('\n')}\n`;
}

it('has the table of reasons', () => {
  const [before, , after] = readme.split(/(?<=<!-- conformance -->)([\s\S]*)(?=<!-- \/conformance -->)/);
  const expected = `${before}${table()}${after}`;
  if (process.env['UPDATE'] === '1') writeFileSync(new URL('README.md', CEL), expected);
  else expect(readme).toBe(expected);
});

it('has the numbers of the specification', () => {
  const tests = specTests();
  const passing = tests.filter(({ id }) => passesInKubernetes(id)).length;
  expect(readme).toContain(`${grouped(tests.length)} tests, of which the API server passes ${grouped(passing)}`);
  expect(readme).toContain(`the same ${grouped(passing)} pass here`);
});

it('has the number of goldens', () => {
  const golden = new URL('../oracle/golden/', import.meta.url);
  const files = readdirSync(golden).filter((file) => file.endsWith('.json'));
  const count = files.reduce((sum, file) => sum + JSON.parse(readFileSync(new URL(file, golden), 'utf8')).length, 0);
  expect(readme).toContain(`${grouped(count)} expressions`);
});

it('has an example that runs', () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed = /console\.log\(.*\); \/\/ (.*)/.exec(example)?.[1];
  const ran = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', example], {
    cwd: fileURLToPath(CEL),
  });
  expect(ran.toString().trim()).toBe(printed);
});
