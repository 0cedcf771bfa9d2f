import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { pod, policy, requestOf, setOf } from '../../../test/support/policies.ts';
import { toJson } from '../../cel/json.ts';
import { CelError, type JsonMap, type Value } from '../../cel/value.ts';
import { decide } from '../decide.ts';
import { CONDITIONS, SLOT_COUNT, SLOTS } from '../environment.ts';
import { mutate } from '../mutate.ts';
import { Resources } from './resources.ts';
import { secretText, secretView } from './secret.ts';

const PASSWORD = 'aHVudGVyMg==';
const SECRET: JsonMap = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    namespace: 'shop',
    labels: { app: 'db' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"password":"${PASSWORD}"}}` },
    managedFields: [{ manager: 'kubectl' }],
  },
  type: 'kubernetes.io/tls',
  immutable: true,
  data: { password: PASSWORD, 'tls.key': 'a2V5' },
  stringData: { user: 'hunter', password: 'hunter2' },
};
const CONFIDENTIAL = /hunter|aHVudGVy|a2V5/;
const lookup = { get: () => SECRET, list: () => [SECRET] };

function evaluate(expression: string) {
  const compilation = CONDITIONS.compile(expression);
  if (!compilation.ok) throw new Error(compilation.issues.map(({ message }) => message).join('\n'));
  const variables: (Value | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  variables[SLOTS.resources] = new Resources(lookup);
  return compilation.program.evaluate({ variables, cost: 0, limit: 1_000_000 });
}

const GET = "resources.get('v1', 'secrets', 'shop', 'db')";

describe('a Secret that a policy looks up', () => {
  it.each([
    `${GET}.metadata.name == 'db' && ${GET}.metadata.labels.app == 'db'`,
    `${GET}.type == 'kubernetes.io/tls' && ${GET}.immutable`,
    `'password' in ${GET}.data && 'user' in ${GET}.data && !('host' in ${GET}.data)`,
    `${GET}.data.size() == 3 && ${GET}.data.exists(key, key == 'user')`,
    `!has(${GET}.metadata.annotations) && !has(${GET}.stringData) && !has(${GET}.metadata.managedFields)`,
    "resources.list('v1', 'secrets', 'shop')[0] == resources.get('v1', 'secrets', 'shop', 'db')",
    `${GET}.data.password != 'hunter2' && ${GET}.data.password != '${PASSWORD}' && ${GET}.data.password != b'hunter2'`,
    `[${GET}].filter(s, s.data.user == 'hunter').size() == 0`,
  ])('shows its keys: %s', (expression) => {
    expect(evaluate(expression)).toBe(true);
  });

  it.each([
    `string(${GET}.data.password)`,
    `'' + ${GET}.data.password`,
    `bytes(${GET}.data.password)`,
    `size(${GET}.data.password)`,
    `${GET}.data.password.size()`,
    `${GET}.data.password.startsWith('h')`,
    `${GET}.data.password.matches('^h')`,
    `${GET}.data.password < 'i'`,
    `dyn(${GET}.data.password).value`,
    `'%s'.format([${GET}.data.password])`,
    `'%s'.format([${GET}.data])`,
    `[${GET}.data.password].join(',')`,
    `${GET}.data[${GET}.data.password]`,
    `{'a': ${GET}.data.user}[${GET}.data.user]`,
  ])('shows nothing of their values: %s', (expression) => {
    const result = evaluate(expression);
    expect(result).toBeInstanceOf(CelError);
    expect((result as CelError).message).not.toMatch(CONFIDENTIAL);
  });

  it('leaves no way out by JSON or inspection', () => {
    const view = secretView(SECRET);
    expect(toJson(view)).toBeUndefined();
    expect(JSON.stringify(view)).not.toMatch(CONFIDENTIAL);
    expect(inspect(view, { showHidden: true, depth: 9 })).not.toMatch(CONFIDENTIAL);
  });

  it('leaves none by messages, fixes and mutations either', () => {
    const value = `resources.get('v1', 'secrets', request.namespace, 'db').data.password`;
    const patch = {
      jsonPatch: { expression: `[JSONPatch{op: 'add', path: '/metadata/labels', value: {'a': ${value}}}]` },
    };
    const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] }];
    const set = setOf([
      policy('asks', {
        matchConstraints: { resourceRules },
        validations: [{ expression: `${value} == 'x'`, messageExpression: `'It is ' + string(${value})`, fix: patch }],
      }),
      policy('takes', { matchConstraints: { resourceRules }, mutations: [patch] }),
    ]);
    const context = { namespace: null, lookup, now: 0 };
    const decision = decide(set, requestOf(pod([])), context);
    expect(decision.findings).toMatchObject([{ policy: 'asks' }]);
    expect(decision.findings[0]).not.toHaveProperty('fix');
    const mutation = mutate(set, requestOf(pod([])), context);
    expect([mutation.patch, mutation.failures]).toEqual([[], [expect.objectContaining({ policy: 'takes' })]]);
    expect(JSON.stringify([decision, mutation])).not.toMatch(CONFIDENTIAL);
  });

  it('is the same for the same Secret, and stays what it is', () => {
    const view = secretView(SECRET);
    expect(secretView(SECRET)).toBe(view);
    expect(secretView(view)).toBe(view);
  });

  it('is Opaque where it says nothing, and empty whatever stands for its content', () => {
    expect(secretView({ metadata: { name: 'a' } })).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'Opaque',
      data: {},
    });
    expect(secretView({ data: ['x'], stringData: 'x', metadata: null })).toMatchObject({ data: {}, metadata: {} });
  });
});

describe('the text in a Secret', () => {
  it('is for functions that ask for it: of stringData, else of data', () => {
    expect(secretText(SECRET, 'password')).toBe('hunter2');
    expect(secretText(SECRET, 'tls.key')).toBe('key');
    expect(secretText(SECRET, 'constructor')).toBeUndefined();
  });

  it('is in a view only under the keys that functions look into', () => {
    const view = secretView(SECRET);
    expect(secretText(view, 'tls.key')).toBe('key');
    expect(secretText(view, 'password')).toBeUndefined();
    expect(secretText(view, 'none')).toBeUndefined();
  });
});
