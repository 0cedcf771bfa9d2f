import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sectionOf, specTests } from '../cel/conformance.ts';

/** Writes which tests of the CEL specification pass in Kubernetes: section -> names, or `*` for all of them. */
const tests = specTests();
const passing = new Set(ask());
const bySection = Map.groupBy(tests, ({ id }) => sectionOf(id));
const lines = Array.from(bySection, ([section, all]) => {
  const names = all.filter(({ id }) => passing.has(id)).map(({ id }) => id.slice(section.length + 1));
  return names.length > 0 && `  ${JSON.stringify(section)}: ${JSON.stringify(names.length < all.length ? names : '*')}`;
});
const file = new URL('../cel/golden/conformance.json', import.meta.url);
writeFileSync(file, `{\n${lines.filter((line) => line !== false).join(',\n')}\n}\n`);

function ask(): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-'));
  const asked = join(directory, 'tests.json');
  // JSON has no negative zero, protobuf's JSON has one as a text.
  const written = tests.map(({ id, ...test }) => ({ id, test }));
  writeFileSync(
    asked,
    JSON.stringify(written, (_, value) => (Object.is(value, -0) ? '-0' : value)),
  );
  try {
    const passed = execFileSync('go', ['run', '.', 'conformance', asked], { cwd: import.meta.dirname });
    return JSON.parse(passed.toString());
  } finally {
    rmSync(directory, { recursive: true });
  }
}
