import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonMap, Value } from '../src/cel/value.ts';
import { compilePolicy } from '../src/engine/compile/policy.ts';
import type { CompiledPolicy } from '../src/engine/compiled.ts';
import { decide } from '../src/engine/decide.ts';
import type { KubernetesObject } from '../src/engine/decision.ts';
import { policySet } from '../src/engine/policy-set.ts';
import { readPolicyFolder } from '../src/fixtures/cases.ts';
import { type FixtureRequest, readCluster } from '../src/fixtures/cluster.ts';
import { RECOMMENDED } from '../src/policy/settings.ts';
import { policyIds, sourceOf } from './support/policy-pack.ts';
import { REPOSITORY } from './support/source.ts';

function compiled(id: string): CompiledPolicy {
  const result = compilePolicy(sourceOf(id));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.policy;
}

/** The policy with every rule evaluated on every object. */
function diligent(policy: CompiledPolicy): CompiledPolicy {
  return {
    ...policy,
    quiet: false,
    triggers: [],
    validations: policy.validations.map((rule) => ({ ...rule, triggers: [] })),
  };
}

const policies = policyIds().map(compiled);
const asShipped = policySet(policies, RECOMMENDED);
const asEver = policySet(policies.map(diligent), RECOMMENDED);

const requests = policyIds()
  .flatMap((id) => readPolicyFolder(join(REPOSITORY, 'policies', id)).cases)
  .flatMap((fixture) => readCluster(fixture).requests);

function expectTheSame({ request, context }: FixtureRequest): void {
  expect(decide(asShipped, request, context)).toEqual(decide(asEver, request, context));
}

describe('a rule that is not evaluated where it has nothing to look at would have found nothing', () => {
  it.each(requests.map((given) => [given.request.kind.kind, given] as const))('%s of a fixture', (_kind, given) => {
    expectTheSame(given);
  });

  it('nor where any fields of these are missing', () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    const given = fc.constantFrom(...requests.filter(({ request }) => request.object !== null));
    fc.assert(
      fc.property(given, places, (one, shares) => {
        const object = shares.reduce(without, one.request.object as KubernetesObject);
        expectTheSame({ ...one, request: { ...one.request, object } });
      }),
      { numRuns: 2000 },
    );
  });
});

type Place = readonly [holder: JsonMap, name: string];

/** The object without one of its fields, kind and apiVersion apart. */
function without(object: KubernetesObject, share: number): KubernetesObject {
  const copy = structuredClone(object);
  const places = placesIn(copy).filter(([, name]) => name !== 'kind' && name !== 'apiVersion');
  const [holder, name] = places[Math.floor(share * (places.length - 1))] ?? [];
  if (holder && name !== undefined) delete (holder as Record<string, Value>)[name];
  return copy;
}

function placesIn(value: Value): readonly Place[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(placesIn);
  if (typeof value !== 'object' || value === null) return [];
  const map = value as JsonMap;
  return Object.keys(map).flatMap((name) => [[map, name] as const, ...placesIn(map[name] ?? null)]);
}
