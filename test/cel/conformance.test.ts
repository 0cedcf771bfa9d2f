import { describe, expect, it } from 'vitest';
import { run, sectionOf, specTests } from './conformance.ts';
import { passesInKubernetes, reasons, testsOf } from './conformance-lists.ts';

const tests = specTests();
const sections = Map.groupBy(tests, ({ id }) => sectionOf(id));
const explained = new Set(Object.keys(reasons).flatMap(testsOf));

describe('the CEL specification', () => {
  it('is there in full', () => {
    expect(tests.length).toBe(2344);
    expect(tests.filter(({ id }) => passesInKubernetes(id)).length).toBe(1460);
  });

  it.each([...sections.keys()])('%s: what passes on the API server passes here, and nothing else', (section) => {
    const unexpected = (sections.get(section) ?? []).flatMap((test) => {
      const problem = run(test);
      if ((problem === undefined) === passesInKubernetes(test.id)) return [];
      return [`${test.id}: ${test.expr}\n  ${problem ?? 'passes here, and not on the API server'}`];
    });
    expect(unexpected).toEqual([]);
  });

  it('has a reason for each test that does not pass, and for no other', () => {
    expect(tests.filter(({ id }) => passesInKubernetes(id) === explained.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('has no reason for a test that is not there', () => {
    const known = new Set([...tests.map(({ id }) => id), ...[...sections.keys()].map((section) => `${section}/*`)]);
    expect(
      Object.values(reasons)
        .flat()
        .filter((id) => !known.has(id)),
    ).toEqual([]);
  });
});
