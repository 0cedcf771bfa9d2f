import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../cel/value.ts';
import { nodesFor, takesPod } from './node.ts';

const NODE = {
  metadata: { name: 'a', labels: { zone: 'west', cpus: '8' } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};
const tainted = (...taints: JsonMap[]) => ({ ...NODE, spec: { taints } });
const DEDICATED = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
const pod = (spec: JsonMap) => ({ spec });
const terms = (...nodeSelectorTerms: JsonMap[]) =>
  pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

describe('a node takes a Pod', () => {
  it.each<[string, JsonMap, JsonMap]>([
    ['that asks for nothing', NODE, pod({})],
    ['as far as is known', {}, pod({})],
    ['that selects it', NODE, pod({ nodeSelector: { zone: 'west' } })],
    ['of which one term holds', NODE, terms(expression('zone', 'In', 'east'), expression('zone', 'In', 'west'))],
    ['by a number', NODE, terms(expression('cpus', 'Gt', '4'))],
    ['by its name', NODE, terms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] })],
    ['whose taint is a wish', tainted({ ...DEDICATED, effect: 'PreferNoSchedule' }), pod({})],
    ['that tolerates the taint', tainted(DEDICATED), pod({ tolerations: [{ key: 'dedicated', value: 'db' }] })],
    ['that tolerates the key', tainted(DEDICATED), pod({ tolerations: [{ key: 'dedicated', operator: 'Exists' }] })],
    ['that tolerates anything', tainted(DEDICATED), pod({ tolerations: [{ operator: 'Exists' }] })],
  ])('%s', (_which, node, one) => {
    expect(takesPod(node, one)).toBe(true);
  });

  it.each<[string, JsonMap, JsonMap]>([
    ['when it is not ready', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }, pod({})],
    ['when it is cordoned', { ...NODE, spec: { unschedulable: true } }, pod({})],
    ['that selects another', NODE, pod({ nodeSelector: { zone: 'east' } })],
    ['of which no term holds', NODE, terms(expression('zone', 'NotIn', 'west'))],
    ['that wants a larger number', NODE, terms(expression('cpus', 'Gt', '8'))],
    ['that wants a label it lacks below a number', NODE, terms(expression('disks', 'Lt', '4'))],
    ['whose term is empty', NODE, terms({})],
    ['that does not tolerate its taint', tainted(DEDICATED), pod({})],
    ['that tolerates another value', tainted(DEDICATED), pod({ tolerations: [{ key: 'dedicated', value: 'web' }] })],
    [
      'that tolerates another effect',
      tainted(DEDICATED),
      pod({ tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }] }),
    ],
    [
      'that tolerates one taint of two',
      tainted(DEDICATED, { key: 'gpu', effect: 'NoExecute' }),
      pod({ tolerations: [{ key: 'dedicated', operator: 'Exists' }] }),
    ],
  ])('not %s', (_which, node, one) => {
    expect(takesPod(node, one)).toBe(false);
  });
});

it('counts the nodes that take a Pod, as far as anybody asks', () => {
  const nodes = [NODE, { spec: { unschedulable: true } }, NODE, NODE];
  expect(nodesFor(pod({}), nodes, 9)).toBe(3);
  expect(nodesFor(pod({}), nodes, 2)).toBe(2);
});
