import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run, specTests } from './conformance.ts';

// Why a test of the CEL specification does not pass in the environment of Kubernetes: reason -> tests. `section/*` means
// every test of the section. A listed test that passes fails here, so that the list only gets shorter.
const exceptions: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('./conformance-exceptions.json', import.meta.url), 'utf8'),
);

const listed = new Set(Object.values(exceptions).flat());
const sectionOf = (id: string): string => id.split('/').slice(0, 2).join('/');
const isListed = (id: string): boolean => listed.has(id) || listed.has(`${sectionOf(id)}/*`);

const tests = specTests();
const sections = Map.groupBy(tests, ({ id }) => sectionOf(id));

describe('the CEL specification', () => {
  it('is there in full', () => {
    expect(tests.length).toBeGreaterThanOrEqual(2344);
  });

  it.each([...sections.keys()])('%s', (section) => {
    const unexpected: string[] = [];
    for (const test of sections.get(section) ?? []) {
      const problem = run(test);
      if (problem !== undefined && !isListed(test.id)) unexpected.push(`${test.id}: ${test.expr}\n  ${problem}`);
      if (problem === undefined && isListed(test.id))
        unexpected.push(`${test.id} passes: take it off conformance-exceptions.json`);
    }
    expect(unexpected).toEqual([]);
  });

  it('has no exception for a test that is not there', () => {
    const known = new Set([...tests.map(({ id }) => id), ...[...sections.keys()].map((section) => `${section}/*`)]);
    expect([...listed].filter((id) => !known.has(id))).toEqual([]);
  });
});
