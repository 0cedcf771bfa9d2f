import { describe, expect, it } from 'vitest';
import { EXAMPLE } from '../../test/support/report-example.ts';
import type { ObjectOutcome } from '../report/report.ts';
import { createShelf, fullOutcome } from './lean.ts';

/** As another object has it, with the same mistakes. */
function renamed(outcome: ObjectOutcome, name: string): ObjectOutcome {
  const words = ` ${outcome.kind} ${outcome.namespace}/`;
  return {
    ...outcome,
    name,
    findings: outcome.findings.map((finding) => ({
      ...finding,
      fingerprint: finding.fingerprint.replace(`${words}${outcome.name}`, () => `${words}${name}`),
    })),
  };
}

const [first] = EXAMPLE.objects.filter(({ namespace, findings }) => namespace !== undefined && findings.length > 0);
if (first === undefined) throw new Error('the example has no findings in a namespace');
const { file: _, line: __, column: ___, ...live } = first;
const web: ObjectOutcome = {
  ...live,
  findings: live.findings.map((finding, index) => ({
    ...finding,
    fingerprint: `p r ${live.kind} ${live.namespace}/${live.name} ${index}`,
  })),
};

describe('the shelf', () => {
  it('keeps the same mistakes of two objects once, and gives each its own back', () => {
    const shelf = createShelf();
    const other = renamed(web, '$&-other');
    const [a, b] = [shelf.lean(web), shelf.lean(other)];
    expect(a).toBe(b);
    expect(fullOutcome(a, web)).toEqual(web);
    expect(fullOutcome(b, other)).toEqual(other);
    expect(fullOutcome(b, other).findings[0]?.fingerprint).toContain('/$&-other ');
  });

  it('forgets what nobody has any more, once that is much', () => {
    const shelf = createShelf();
    const used = shelf.lean(web);
    const [finding] = web.findings;
    if (finding === undefined) throw new Error('there is no finding');
    const once = (index: number): ObjectOutcome => ({ ...web, findings: [{ ...finding, message: `${index}` }] });
    const before = shelf.lean(once(0));
    for (let index = 1; index < 2000; index++) shelf.lean(once(index));
    shelf.keep([used]);
    expect(shelf.lean(web)).toBe(used);
    expect(shelf.lean(once(0))).not.toBe(before);
  });
});
