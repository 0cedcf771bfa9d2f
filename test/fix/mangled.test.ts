/** Files as hands and merges leave them: whatever they hold, they are fixed or left alone, and a second time nothing changes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fix } from '../../src/fix/fix.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { filesBelow, textOf } from '../support/source.ts';

const set = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog.current();
const files = [...filesBelow('docs/examples'), ...filesBelow('test/fix/golden')].map(textOf);

/** What happens to a line, `other` being any other one of the file. */
const MISHAPS: readonly ((line: string, other: string) => readonly string[])[] = [
  () => [],
  (line, other) => [other, line],
  (line) => [` ${line}`],
  (line) => [line.replace(/^ /, '')],
  (line) => [`${line} # why`],
  (line) => [line.replace(/: (\w+)$/, ': &x $1')],
  (line) => ['', '      # aside', line],
];
const mishap = fc.record({ at: fc.nat(), other: fc.nat(), kind: fc.nat(MISHAPS.length - 1) });

it('fixes whatever it is given, once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(mishap, { maxLength: 4 }),
      fc.boolean(),
      (file, mishaps, isWhole) => {
        let lines: readonly string[] = file.split('\n');
        for (const { at, other, kind } of mishaps) {
          const [index, taken] = [at % lines.length, lines[other % lines.length] ?? ''];
          lines = lines.toSpliced(index, 1, ...(MISHAPS[kind]?.(lines[index] ?? '', taken) ?? []));
          if (lines.length === 0) return;
        }
        const text = isWhole ? lines.join('\n') : lines.join('\r\n').trimEnd();
        const once = fixed(text);
        expect(fixed(once)).toBe(once);
      },
    ),
    { numRuns: 200 },
  );
}, 60_000);

function fixed(text: string): string {
  const inputs = [{ file: 'a.yaml', text }];
  const task = { inputs, set, beside: { now: 0 }, wanted: () => 'now' as const, mutations: set, templates: true };
  return fix(task).after.inputs[0]?.text ?? '';
}
