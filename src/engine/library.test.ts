import { describe, expect, it } from 'vitest';
import { BOOL } from '../cel/type.ts';
import { CelError, type Value } from '../cel/value.ts';
import type { KubernetesObject, Lookup } from './decision.ts';
import { CONDITIONS, SLOT_COUNT, SLOTS } from './environment.ts';
import { Resources } from './library/resources.ts';

const NODE: KubernetesObject = { metadata: { name: 'n1' } };
const LOOKUP: Lookup = {
  get: (_, resource, namespace, name) =>
    resource === 'nodes' ? (namespace === '' && name === 'n1' ? NODE : null) : undefined,
  list: (_, resource) => (resource === 'nodes' ? [NODE] : undefined),
};

function evaluate(expression: string, object: Value = {}) {
  const compilation = CONDITIONS.compile(expression, [BOOL]);
  if (!compilation.ok) throw new Error(compilation.issues.map(({ message }) => message).join('\n'));
  const variables: (Value | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  variables[SLOTS.object] = object;
  variables[SLOTS.resources] = new Resources(LOOKUP);
  return compilation.program.evaluate({ variables, cost: 0, limit: 1_000_000 });
}

describe('the library', () => {
  it.each([
    "image('nginx').name == 'docker.io/library/nginx'",
    "image(object.image).tag == '' && image(object.image).registry == 'localhost:5000'",
    "imageMatches(object.image, ['localhost:5000'])",
    '!imageMatches(object.image, object.none)',
    "selects({'matchLabels': {'a': 'b'}}, {'a': 'b', 'c': 'd'})",
    "!selects({'matchLabels': {'a': 'b'}}, {'a': 'c'})",
    "!selects({'matchLabels': object.labels.transformMap(key, value, value + 'x')}, object.labels)",
    '!selects(null, {})',
    'selects(object.selector, object.labels)',
    "resources.get('v1', 'nodes', '', 'n1').metadata.name == 'n1'",
    "resources.get('v1', 'nodes', '', 'n2') == null",
    "resources.list('v1', 'nodes', '').size() == 1",
    "resources.knows('v1', 'nodes', '') && !resources.knows('v1', 'secrets', '')",
    "resources.byField('v1', 'nodes', '', 'metadata.name', 'n1') == resources.list('v1', 'nodes', '')",
    "resources.byField('v1', 'nodes', '', 'metadata.name', 'n2') == []",
    "resources.bySelector('v1', 'nodes', '', object.selector).size() == 1",
    "resources.bySelector('v1', 'nodes', '', {'matchLabels': object.labels.transformMap(key, value, value)}).size() == 0",
    "resources.bySelector('v1', 'nodes', '', null).size() == 0",
    "resources.get('v1', 'secrets', 'a', 'b') != null || true",
  ])('%s', (expression) => {
    const object = {
      image: 'localhost:5000/app',
      none: [],
      selector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] },
      labels: { a: 'b' },
    };
    expect(evaluate(expression, object)).toBe(true);
  });

  it('says that a look-up is not known, not that there is nothing', () => {
    const got = evaluate("resources.get('v1', 'secrets', 'shop', 'pull') != null");
    expect(got instanceof CelError && [got.kind, got.message]).toEqual([
      'unknown',
      'secrets shop/pull: not known here',
    ]);
    for (const list of ['list(%)', "byField(%, 'metadata.name', 'pull')", 'bySelector(%, {})']) {
      const listed = evaluate(`resources.${list.replace('%', "'v1', 'secrets', ''")}.size() == 0`);
      expect(listed instanceof CelError && [listed.kind, listed.message]).toEqual([
        'unknown',
        'secrets: not known here',
      ]);
    }
  });
});
