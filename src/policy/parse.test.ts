import { describe, expect, it } from 'vitest';
import { parsePolicies } from './parse.ts';
import { formatProblem } from './problem.ts';

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: Policy
metadata:
  name: require-x
spec:
  title: X is there
  category: Health
  severity: high
  rationale: Without X nothing works.
  remediation: Add X.
  subject: PodTemplate
  validations:
    - expression: has(object.spec.x)
`;

const problemsOf = (text: string) => parsePolicies(text, 'p.yaml').problems.map(formatProblem);

describe('parsePolicies', () => {
  it('reads a policy and locates what it says', () => {
    const { sources, problems } = parsePolicies(POLICY, 'p.yaml');
    expect(problems).toEqual([]);
    expect(sources.map((source) => source.policy.metadata.name)).toEqual(['require-x']);
    expect(sources[0]?.locate(['spec', 'severity'])).toEqual({ line: 8, column: 13 });
    expect(sources[0]?.locate(['spec', 'validations', 0, 'expression'], 4)).toEqual({ line: 13, column: 23 });
    expect(sources[0]?.locate(['spec', 'validations', 0, 'message'])).toEqual({ line: 13, column: 7 });
  });

  it('reads the items of a List, and knows where they are', () => {
    const indented = POLICY.trimEnd().replaceAll('\n', '\n    ');
    const text = `apiVersion: v1\nkind: List\nitems:\n  - ${indented}\n  - kind: Pod\n`;
    const { sources, problems } = parsePolicies(text, 'p.yaml');
    expect(sources.map((source) => source.locate(['spec', 'severity']))).toEqual([{ line: 11, column: 17 }]);
    expect(problems).toMatchObject([{ line: 17, column: 5, message: 'is not a Policy: apiVersion missing, kind Pod' }]);
    expect(parsePolicies('apiVersion: v1\nkind: List\nitems: []\n', 'p.yaml').problems).toEqual([]);
  });

  it('reads JSON, a byte order mark, CRLF and many documents', () => {
    const json = JSON.stringify(parsePolicies(POLICY, 'p.yaml').sources[0]?.policy);
    expect(parsePolicies(json, 'p.json').sources).toHaveLength(1);
    const text = `\uFEFF# nothing\n---\n${POLICY}---\n${POLICY}...\n`.replaceAll('\n', '\r\n');
    const { sources, problems } = parsePolicies(text, 'p.yaml');
    expect(problems).toEqual([]);
    expect(sources.map((source) => source.locate(['metadata', 'name'])?.line)).toEqual([6, 20]);
  });

  it('names a misspelt field with its line and what was meant', () => {
    expect(problemsOf(POLICY.replace('subject:', 'subjct:'))).toEqual([
      'p.yaml:11:3: spec: unknown field "subjct" (did you mean "subject"?)',
    ]);
  });

  it('names every problem of a document at once', () => {
    const text = POLICY.replace('severity: high', 'severity: hihg')
      .replace('  title: X is there\n', '')
      .replace('expression:', 'expr:');
    expect(problemsOf(text)).toEqual([
      'p.yaml:6:3: spec: "title" is missing',
      'p.yaml:7:13: spec.severity: must be one of high, medium, low, is "hihg" (did you mean "high"?)',
      'p.yaml:12:7: spec.validations[0]: "expression" is missing',
      expect.stringContaining(
        'p.yaml:12:7: spec.validations[0]: unknown field "expr" (known: name, forEach, expression',
      ),
    ]);
  });

  it('says what type a value has and should have', () => {
    expect(problemsOf(POLICY.replace('title: X is there', 'title: 3'))).toEqual([
      'p.yaml:6:10: spec.title: must be string, is number (put it in quotes)',
    ]);
    expect(problemsOf(POLICY.replace(/validations:.*/s, 'validations: []\n'))).toEqual([
      'p.yaml:12:16: spec.validations: must not be empty',
    ]);
  });

  it('wants a schema for every parameter, and leaves the rest of it open', () => {
    const parameters = '  parameters: { title: Any, properties: { a: 3, b: { type: integer, minimum: 1 } } }\n';
    expect(problemsOf(POLICY + parameters)).toEqual([
      'p.yaml:14:46: spec.parameters.properties.a: must be object, is number',
    ]);
  });

  it('refuses names that Kubernetes would refuse', () => {
    expect(problemsOf(POLICY.replace('require-x', 'Require_X'))[0]).toMatch(
      /^p\.yaml:4:9: metadata\.name: "Require_X"/,
    );
  });

  it('keeps the good documents of a file with bad ones', () => {
    const text = `a: [\n---\n${POLICY}---\nkind: ConfigMap\napiVersion: v1\n---\njust text\n---\nkind: MutatingAdmissionPolicy\n`;
    const { sources, problems } = parsePolicies(text, 'p.yaml');
    expect(sources).toHaveLength(1);
    expect(problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^p\.yaml:2:1: /),
      'p.yaml:17:1: is not a Policy: apiVersion v1, kind ConfigMap (a policy has apiVersion: tidegate.dev/v1alpha1 and kind: Policy, or is one of Kubernetes itself)',
      'p.yaml:20:1: is not a Policy',
      'p.yaml:22:1: MutatingAdmissionPolicy has no version (apiVersion is missing) (known: admissionregistration.k8s.io/v1, v1beta1 and v1alpha1)',
    ]);
  });

  it('names duplicate keys and unknown aliases', () => {
    expect(problemsOf(`${POLICY}  title: again\n`)).toEqual([expect.stringMatching(/^p\.yaml:14:3: .*unique/)]);
    expect(problemsOf(POLICY.replace('X is there', '*nowhere'))).toEqual([
      expect.stringMatching(/^p\.yaml:\d+:\d+: .*nowhere/),
    ]);
  });

  it.each([
    ['deeper than anything real', '['.repeat(20_000), 'is nested too deeply'],
    ['a value that holds itself', 'a: &a { b: *a }', 'holds itself, by an alias'],
    [
      'a bomb of aliases',
      `a: &a [x${',x'.repeat(200)}]\nb: &b [*a${',*a'.repeat(200)}]\nc: [*b]`,
      'Excessive alias count',
    ],
    ['zeros', '\0\0', 'is not a Policy'],
  ])('survives %s', (_, text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(message)]);
  });

  it('refuses another version of Policy by its place', () => {
    expect(problemsOf(POLICY.replace('v1alpha1', 'v9'))).toEqual([
      'p.yaml:1:13: apiVersion: must be "tidegate.dev/v1alpha1", is "tidegate.dev/v9"',
    ]);
  });

  it('finds nothing in an empty file', () => {
    expect(parsePolicies('# nothing\n', 'p.yaml')).toEqual({
      sources: [],
      natives: [],
      exceptions: [],
      problems: [],
    });
  });
});
