import { expect, test } from 'vitest';
import { parsePolicies } from './parse.ts';
import { formatProblem } from './problem.ts';

const HEAD = 'apiVersion: tidegate.dev/v1alpha1\nkind: PolicyException\nmetadata: { name: legacy, namespace: shop }\n';
const REST = 'reason: It is old., owner: ops, expiresAt: "2026-12-31T00:00:00Z"';
const parse = (spec: string) => parsePolicies(`${HEAD}spec: { ${spec} }\n`, 'e.yaml');

test('an exception that fits its schema', () => {
  const match = 'match: { kinds: [Pod], names: [a*], objectSelector: { matchLabels: { a: b } } }';
  const { exceptions, problems } = parse(`policies: [{ name: require-x, rules: [y] }], ${match}, ${REST}`);
  expect(problems).toEqual([]);
  expect(exceptions).toMatchObject([{ file: 'e.yaml', exception: { metadata: { namespace: 'shop' } } }]);
});

test.each([
  ['without an end', 'policies: [{ name: x }], reason: a, owner: b', 'expiresAt'],
  ['without a reason', 'policies: [{ name: x }], owner: b, expiresAt: "2026-12-31T00:00:00Z"', 'reason'],
  ['without an owner', 'policies: [{ name: x }], reason: a, expiresAt: "2026-12-31T00:00:00Z"', 'owner'],
  ['of no policy', `policies: [], ${REST}`, 'policies'],
  ['that ends on no day', `policies: [{ name: x }], ${REST.replace('12-31', '13-32')}`, 'is no time'],
  [
    'that ends at no time',
    `policies: [{ name: x }], ${REST.replace('T00:00:00Z', '')}`,
    '(such as 2026-12-31T00:00:00Z)',
  ],
  ['with a field too many', `policies: [{ name: x }], until: a, ${REST}`, 'until'],
])('one %s is refused at its place', (_, spec, message) => {
  const { exceptions, problems } = parse(spec);
  expect(exceptions).toEqual([]);
  expect(problems.map(formatProblem)).toEqual([expect.stringMatching(/^e\.yaml:4:\d+: /)]);
  expect(problems.map(formatProblem).join()).toContain(message);
});
