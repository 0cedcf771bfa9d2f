import { describe, expect, test } from 'vitest';
import {
  applyConfiguration,
  compiledNatives,
  mutating,
  mutatingBinding,
  parseNatives,
  validating,
  validatingBinding,
} from '../../../test/support/native.ts';
import { ACCEPTED, MISTAKES } from '../../../test/support/native-mistakes.ts';
import { formatProblem, type Problem } from '../../policy/problem.ts';
import { compileNatives } from './compile.ts';

/** Without the place and the excerpt: the documents stand on one line. */
const text = ({ path, message, hint }: Problem): string =>
  formatProblem({
    file: '',
    ...(path && { path }),
    message: message.replace(" (in container '')", ''),
    ...(hint && { hint }),
  }).slice(2);

describe('what the API server refuses', () => {
  test.each(MISTAKES)('$title', ({ document, problems }) => {
    const parsed = parseNatives([document]);
    expect([...parsed.problems, ...compileNatives(parsed.natives).problems].map(text)).toEqual(problems);
  });
});

describe('what the API server accepts', () => {
  test.each(ACCEPTED)('$title', ({ document, problems }) => {
    const parsed = parseNatives([document]);
    expect([...parsed.problems, ...compileNatives(parsed.natives).problems].map(text)).toEqual(problems);
  });
});

const DENY = validating('p', { validations: [{ expression: 'false' }] });

describe('policies and bindings', () => {
  test('make a policy for each pair', () => {
    const documents = [
      validatingBinding('one', 'p'),
      DENY,
      validatingBinding('two', 'p', { validationActions: ['Audit', 'Warn'] }),
    ];
    const { policies, problems, idle } = compiledNatives(documents);
    expect([problems, idle]).toEqual([[], []]);
    expect(policies.map(({ id, native, enforcement }) => [id, native?.name, enforcement.action])).toEqual([
      ['p', 'one', 'Deny'],
      ['p', 'two', 'Warn'],
    ]);
  });
  test('without each other do nothing, which is said', () => {
    const { policies, problems, idle } = compiledNatives([DENY, validatingBinding('b', 'gone')]);
    expect([policies, problems]).toEqual([[], []]);
    expect(idle.map(({ message }) => message)).toEqual([
      'no ValidatingAdmissionPolicyBinding binds "p": it does nothing',
      'no ValidatingAdmissionPolicy is called "gone": it does nothing',
    ]);
  });
  test('of different kinds are strangers, whatever their names', () => {
    const documents = [DENY, mutatingBinding('b', 'p'), mutating('p', [applyConfiguration('Object{}')])];
    const { policies } = compiledNatives(documents);
    expect(policies.map(({ native }) => native?.kind)).toEqual(['mutating']);
  });
  test('given twice are a problem, and the first counts', () => {
    const { policies, problems } = compiledNatives([DENY, DENY, validatingBinding('b', 'p')]);
    expect(policies).toHaveLength(1);
    expect(problems.map(({ message }) => message)).toEqual(['"p" is already in native.yaml']);
  });
  test('look up the definitions of custom resources that they merge', () => {
    const resourceRules = [
      { apiGroups: ['example.com'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] },
    ];
    const merging = mutating('p', [applyConfiguration('Object{}')], { matchConstraints: { resourceRules } });
    expect(compiledNatives([merging, mutatingBinding('b', 'p')]).policies[0]?.lookups).toEqual([
      { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' },
    ]);
  });
  test('say what params they look up', () => {
    const documents = [
      validating('p', {
        paramKind: { apiVersion: 'example.com/v1', kind: 'Policy' },
        validations: [{ expression: 'true' }],
      }),
      validatingBinding('b', 'p', { paramRef: { name: 'x', parameterNotFoundAction: 'Allow' } }),
    ];
    expect(compiledNatives(documents).policies[0]?.lookups).toEqual([
      { apiVersion: 'example.com/v1', resource: 'policies' },
    ]);
  });
});
