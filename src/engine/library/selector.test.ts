import { describe, expect, it } from 'vitest';
import { MapValue, type Value } from '../../cel/value.ts';
import type { LabelSelector } from '../../policy/policy.ts';
import { labelsOf, labelTest, selectorProblem, selectsUntyped } from './selector.ts';

const LABELS = { app: 'web', tier: 'front' };
const CASES: readonly (readonly [selector: LabelSelector, selects: boolean])[] = [
  [{}, true],
  [{ matchLabels: { app: 'web' } }, true],
  [{ matchLabels: { app: 'db' } }, false],
  [{ matchLabels: { toString: 'x' } }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] }, true],
  [{ matchExpressions: [{ key: 'gone', operator: 'In', values: ['web'] }] }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  [{ matchExpressions: [{ key: 'gone', operator: 'NotIn', values: ['web'] }] }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
  [{ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
  [{ matchExpressions: [{ key: 'gone', operator: 'DoesNotExist' }] }, true],
  [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
];

describe('labelTest', () => {
  it.each(CASES)('%j selects: %s', (selector, selects) => {
    expect(labelTest(selector)(LABELS)).toBe(selects);
    expect(selectsUntyped(selector as never, LABELS)).toBe(selects);
  });
});

describe('selectsUntyped', () => {
  it('selects nothing without a selector or with one that Kubernetes would refuse', () => {
    expect(selectsUntyped(null, LABELS)).toBe(false);
    expect(selectsUntyped('app=web', LABELS)).toBe(false);
    expect(selectsUntyped({ matchExpressions: [{ key: 'app', operator: 'Like' }] }, LABELS)).toBe(false);
    expect(selectsUntyped({ matchExpressions: [null] }, LABELS)).toBe(false);
  });

  it('reads selectors and labels that an expression has made', () => {
    const made = (key: string, value: Value) => new MapValue(new Map([[key, { key, value }]]));
    expect(selectsUntyped(made('matchLabels', { app: 'web' }), LABELS)).toBe(true);
    expect(selectsUntyped(made('matchLabels', made('app', 'db')), LABELS)).toBe(false);
    expect(selectsUntyped({ matchLabels: { app: 'web' } }, made('app', 'web'))).toBe(true);
  });

  it('takes labels that are missing or malformed for none', () => {
    expect(selectsUntyped({}, null)).toBe(true);
    expect(selectsUntyped({ matchLabels: { app: 'web' } }, ['web'])).toBe(false);
  });
});

describe('selectorProblem', () => {
  it('asks for values where they are needed, and refuses them where not', () => {
    expect(selectorProblem({ matchExpressions: [{ key: 'a', operator: 'In' }] })).toBe(
      'operator In of "a" needs values',
    );
    expect(selectorProblem({ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] })).toBe(
      'operator Exists of "a" takes no values',
    );
    expect(selectorProblem({ matchLabels: { a: 'b' } })).toBeUndefined();
  });
});

describe('labelsOf', () => {
  it('finds none in malformed objects', () => {
    expect(labelsOf(null)).toEqual({});
    expect(labelsOf({ metadata: 'x' })).toEqual({});
    expect(labelsOf({ metadata: { labels: ['x'] } })).toEqual({});
    expect(labelsOf({ metadata: { labels: LABELS } })).toBe(LABELS);
  });
});
