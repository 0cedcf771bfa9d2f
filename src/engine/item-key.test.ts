import { expect, test } from 'vitest';
import { contextOf, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { RECOMMENDED } from '../policy/settings.ts';
import { decide } from './decide.ts';
import type { Finding } from './decision.ts';

function findingsOf(validation: JsonMap): readonly Finding[] {
  const one = policy('one', { subject: 'PodTemplate', validations: [validation] });
  const object = {
    ...pod([{ name: 'a' }, { name: 'b' }]),
    metadata: { name: 'p', annotations: { x: 'same', y: 'same' } },
  };
  return decide(setOf([one], RECOMMENDED), requestOf(object), contextOf()).findings;
}

test('itemKey is the key in a map: rule, message and fix see it, and it is the place of the finding', () => {
  const findings = findingsOf({
    forEach: 'object.metadata.annotations',
    expression: "itemKey != 'y'",
    messageExpression: "'at ' + itemKey",
    fix: {
      jsonPatch: {
        expression: "[JSONPatch{op: 'remove', path: '/metadata/annotations/' + jsonpatch.escapeKey(itemKey)}]",
      },
    },
  });
  expect(findings).toMatchObject([
    {
      message: 'at y',
      path: ['metadata', 'annotations', 'y'],
      fix: [{ op: 'remove', path: '/metadata/annotations/y' }],
    },
  ]);
});

test('and the index in a list', () => {
  const findings = findingsOf({ forEach: 'object.spec.containers', expression: 'itemKey == 0' });
  expect(findings.map(({ path }) => path)).toEqual([['spec', 'containers', 1]]);
});
