import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deepFreeze } from '../../../test/support/freeze.ts';
import type { JsonMap, Value } from '../../cel/value.ts';
import type { GroupVersionKind } from '../decision.ts';
import { isJsonMap } from './equal.ts';
import { applyConfiguration } from './merge.ts';

interface Case {
  readonly object: JsonMap;
  readonly configuration: JsonMap;
  readonly merged?: JsonMap;
  readonly error?: string;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../test/generate/golden/merge.json', import.meta.url), 'utf8'),
);

function kindOf(object: JsonMap): GroupVersionKind {
  const [version = '', group = ''] = String(object['apiVersion']).split('/').reverse();
  return { group, version, kind: String(object['kind']) };
}

/** The tree without nulls: what the API server decodes either way. */
function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

test('configurations merge as Kubernetes merges them, and are refused where it refuses them', () => {
  expect(cases.filter(({ error }) => error === undefined).length).toBeGreaterThanOrEqual(80);
  expect(cases.length).toBeGreaterThanOrEqual(100);
  const wrong = cases.filter(({ object, configuration, merged, error }) => {
    const ours = applyConfiguration(deepFreeze(object), deepFreeze(configuration), kindOf(object));
    if (!ours.ok || error !== undefined) return ours.ok !== (error === undefined);
    return JSON.stringify(sorted(withoutNulls(ours.object))) !== JSON.stringify(sorted(withoutNulls(merged ?? {})));
  });
  expect(wrong).toEqual([]);
});

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] as Value)]),
  );
}
