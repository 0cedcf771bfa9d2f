import { describe, expect, test } from 'vitest';
import { policy, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import type { CompiledPolicy } from './compiled.ts';
import { presentNames } from './triggers.ts';

function compiled(spec: JsonMap): CompiledPolicy {
  const [one] = setOf([policy('one', { subject: 'PodTemplate', ...spec })]).policies;
  if (one === undefined) throw new Error('it does not compile');
  return one;
}

function triggersOf(expression: string, more: JsonMap = {}): unknown {
  return compiled({ ...more, validations: [{ expression }] }).validations[0]?.triggers;
}

const CONTAINERS = 'object.spec.containers';

describe('what an object needs to have before a rule is evaluated', () => {
  test.each([
    // A field that is tested for, or selected where it may be missing.
    ['!has(object.spec.hostNetwork)', [['hostNetwork']]],
    ['object.spec.?hostNetwork.orValue(false) == false', [['hostNetwork']]],
    [
      `${CONTAINERS}.all(c, !has(c.securityContext) || !has(c.securityContext.privileged))`,
      [['securityContext'], ['privileged']],
    ],
    [
      `${CONTAINERS}.all(c, c.?securityContext.?privileged.orValue(false) != true)`,
      [['securityContext'], ['privileged']],
    ],
    ["object.metadata.?annotations[?'a/b'].orValue('') == ''", [['annotations'], ['a/b']]],
    // Any of several.
    [`${CONTAINERS}.all(c, !has(c.command) && !has(c.args))`, [['command', 'args']]],
    [
      `${CONTAINERS}.map(c, [?c.?livenessProbe, ?c.?startupProbe]).flatten().all(p, false)`,
      [['livenessProbe', 'startupProbe']],
    ],
    // Lists that may be missing.
    [
      "(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, c.?image.orValue('') == '')",
      [['image']],
    ],
    // Our functions, of what is known.
    [`${CONTAINERS}.all(c, shell(c.?command.orValue([])).index < 0)`, [['command']]],
    // What is nowhere.
    ['workload.kind != "Pod" || true', [[]]],
    // What a filter has found.
    [
      `${CONTAINERS}.filter(c, has(c.ports)).map(c, c.ports.filter(p, has(p.hostPort))).flatten().all(p, false)`,
      [['ports'], ['hostPort']],
    ],
    ["request.namespace in ['a'] ? true : !has(object.spec.hostPID)", [['hostPID']]],
    // Nothing can be said of these: they ask for something, or may be without an answer.
    [`${CONTAINERS}.all(c, has(c.readinessProbe))`, []],
    [`${CONTAINERS}.all(c, c.image != "")`, []],
    ['object.spec.nodeName == ""', []],
    ["request.?subResource.orValue('') == ''", []],
    ['!has(oldObject.spec.hostNetwork)', []],
  ])('%s', (expression, triggers) => {
    expect(triggersOf(expression)).toEqual(triggers);
  });

  test('variables, parameters and items count', () => {
    const { validations, quiet } = compiled({
      parameters: { properties: { kinds: { type: 'array', default: ['liveness', 'startup'] } } },
      variables: [
        {
          name: 'probes',
          expression: `${CONTAINERS}.map(c, params.kinds.map(kind, [?c[?(kind + 'Probe')]]).flatten()).flatten()`,
        },
      ],
      validations: [{ forEach: 'variables.probes', expression: '!has(item.exec)' }],
    });
    expect(validations[0]?.triggers).toEqual([['exec']]);
    expect(quiet).toBe(true);
  });

  test('a condition that may fail is always asked', () => {
    const validations = [{ expression: '!has(object.spec.hostNetwork)' }];
    const quiet = (expression: string) =>
      compiled({ validations, matchConditions: [{ name: 'condition', expression }] }).quiet;
    expect(quiet("request.kind.kind != 'Job'")).toBe(true);
    expect(quiet("request.name != 'web'")).toBe(false);
  });

  test('a condition that is false without a field keeps the whole policy from being evaluated', () => {
    const conditions = [{ name: 'on-the-node', expression: 'object.spec.?hostNetwork.orValue(false) == true' }];
    const validations = [{ expression: 'object.spec.dnsPolicy == ""' }];
    expect(compiled({ validations, matchConditions: conditions }).triggers).toEqual([['hostNetwork']]);
  });

  test('so is a selector of Namespaces that may not be known', () => {
    const quiet = (matchLabels: JsonMap) =>
      compiled({
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
          ],
          namespaceSelector: { matchLabels },
        },
        validations: [{ expression: '!has(object.spec.hostNetwork)' }],
      }).quiet;
    expect(quiet({ 'kubernetes.io/metadata.name': 'shop' })).toBe(true);
    expect(quiet({ team: 'shop' })).toBe(false);
  });
});

describe('the names in an object', () => {
  const pod = { kind: 'Pod', metadata: { managedFields: [{ exec: {} }] }, spec: { containers: [{ command: ['a'] }] } };
  const namesIn = (object: JsonMap) => {
    const subject = { object, workload: object, oldObject: null, oldWorkload: null, prefix: [] };
    return presentNames(
      { namespace: 'shop' },
      { ...subject, kind: { group: '', version: 'v1', kind: 'Pod' } },
      new Set(['command', 'exec']),
    );
  };
  test('are found at any depth, but not in the notes of the API server', () => {
    expect(namesIn(pod)).toEqual(new Set(['command']));
  });
  test('say nothing where something is missing that every Pod has', () => {
    expect(namesIn({ ...pod, spec: { containers: [null] } })).toBeUndefined();
    expect(namesIn({ ...pod, spec: {} })).toBeUndefined();
    expect(namesIn({ kind: 'Pod', spec: pod.spec })).toBeUndefined();
  });
});
