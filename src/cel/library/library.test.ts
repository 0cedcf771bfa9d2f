import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Duration } from '../duration.ts';
import type { Library, Overload } from '../function.ts';
import { Timestamp } from '../timestamp.ts';
import type { Type } from '../type.ts';
import { CelError, Double, Optional, Uint, type Value } from '../value.ts';
import { Authorizer, Decision, GroupCheck, PathCheck, ResourceCheck } from './authorization.ts';
import { AUTHORIZER } from './authorizer.ts';
import { CIDR, Cidr } from './cidr.ts';
import { FORMAT } from './format.ts';
import { IP } from './ip.ts';
import { IpAddress } from './ip-address.ts';
import { JSON_PATCH } from './json-patch.ts';
import { LISTS } from './lists.ts';
import { QUANTITY } from './quantity.ts';
import { Quantity } from './quantity-value.ts';
import { REGEX } from './regex.ts';
import { SEMVER, Semver } from './semver.ts';
import { SETS } from './sets.ts';
import { STRING_FORMAT } from './string-format.ts';
import { STRINGS } from './strings.ts';
import { URL_LIBRARY } from './url.ts';
import { parseUrl } from './url-parse.ts';

const LIBRARIES: readonly Library[] = [
  AUTHORIZER,
  CIDR,
  FORMAT,
  IP,
  JSON_PATCH,
  LISTS,
  QUANTITY,
  REGEX,
  SEMVER,
  SETS,
  STRING_FORMAT,
  STRINGS,
  URL_LIBRARY,
];

const authorizer = new Authorizer({ review: () => undefined });
const byte = fc.integer({ min: 0, max: 255 });
const address = fc.oneof(...[4, 16].map((size) => fc.array(byte, { minLength: size, maxLength: size })));
const int = fc.oneof(
  fc.integer({ min: -3, max: 40 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((value) => !Number.isSafeInteger(Number(value))),
);
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[0-9.+-]{0,6}([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{0,4})?$/),
  fc.stringMatching(/^[0-9a-f:.%/]{0,20}$/),
  fc.stringMatching(/^%(\.[0-9]{0,3})?[sdfebxXoq%]/),
  fc.webUrl(),
);

/** Values of the primitive and opaque types by name. */
const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  bool: fc.boolean(),
  int,
  uint: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => new Uint(value)),
  double: fc.double().map((value) => (Number.isInteger(value) ? new Double(value) : value)),
  string: text,
  bytes: fc.uint8Array(),
  'google.protobuf.Duration': fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => new Duration(value)),
  'google.protobuf.Timestamp': fc.bigInt({ min: 0n, max: 2n ** 60n }).map((value) => new Timestamp(value)),
  'kubernetes.Quantity': fc
    .tuple(int, fc.integer({ min: -9, max: 60_000 }), fc.boolean())
    .map(([unscaled, scale, wide]) => new Quantity(unscaled, scale, 'decimal', wide)),
  'kubernetes.Semver': fc.constant(new Semver([1n, 2n, 2n ** 64n - 1n], ['alpha', 1n])),
  'kubernetes.URL': fc.webUrl({ withQueryParameters: true }).map((url) => parseUrl(url) as Value),
  'kubernetes.NamedFormat': fc.constantFrom(
    ...FORMAT.functions.slice(2).map((declared) => declared.overloads[0]?.call() as Value),
  ),
  'net.IP': address.map((bytes) => new IpAddress(bytes)),
  'net.CIDR': address.chain((bytes) => fc.nat(bytes.length * 8).map((bits) => new Cidr(new IpAddress(bytes), bits))),
  'kubernetes.authorization.Authorizer': fc.constant(authorizer),
  'kubernetes.authorization.PathCheck': fc.constant(new PathCheck(authorizer, '/x')),
  'kubernetes.authorization.GroupCheck': fc.constant(new GroupCheck(authorizer, '')),
  'kubernetes.authorization.ResourceCheck': fc.constant(new ResourceCheck(authorizer, { group: '', resource: 'pods' })),
  'kubernetes.authorization.Decision': fc.constant(new Decision({ allowed: true, reason: 'x' })),
};

const scalar: fc.Arbitrary<Value> = fc.oneof(int, text, fc.boolean(), fc.constant(null), VALUES['double'] ?? text);
const anything: fc.Arbitrary<Value> = fc.oneof(
  scalar,
  fc.array(scalar),
  fc.array(fc.array(scalar)),
  fc.dictionary(fc.string(), scalar),
  fc.constant(new Optional(1)),
  fc.constant(authorizer),
);

function valuesOf(type: Type): fc.Arbitrary<Value> {
  if (type.kind === 'primitive' || type.kind === 'opaque') return VALUES[type.name] ?? anything;
  return type.kind === 'list' ? fc.array(valuesOf(type.element)) : anything;
}

/** What the run-time dispatch promises: a list by its first element, and nothing at all for an unguarded overload. */
function argumentsOf({ parameters, unguarded }: Overload): fc.Arbitrary<Value[]> {
  const typed = fc.tuple(...parameters.map(valuesOf));
  const mixed = parameters.map((type) =>
    type.kind === 'list'
      ? fc.tuple(fc.array(valuesOf(type.element), { minLength: 1 }), fc.array(anything)).map((parts) => parts.flat(1))
      : valuesOf(type),
  );
  return fc.oneof(typed, fc.tuple(...mixed), unguarded ? fc.tuple(...parameters.map(() => anything)) : typed);
}

const OVERLOADS = LIBRARIES.flatMap(({ functions }) =>
  functions.flatMap((declared) => declared.overloads.map((overload) => [overload.id, overload, declared] as const)),
);

describe('every overload', () => {
  it.each(OVERLOADS)('%s returns a value or an error, at a cost', (_id, overload, declared) => {
    fc.assert(
      fc.property(argumentsOf(overload), (args) => {
        const result = overload.call(...args);
        expect(result).not.toBeUndefined();
        const cost = (overload.cost ?? declared.cost)?.(args, result instanceof CelError ? undefined : result) ?? 1;
        expect(Number.isFinite(cost) && cost >= 0).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('has an id of its own in each version', () => {
    const newest = OVERLOADS.filter(([, , { until }]) => until === undefined).map(([id]) => id);
    expect(new Set(newest).size).toBe(newest.length);
  });

  it('finds the result of literals when it is planned', () => {
    const [, quantity] = OVERLOADS.find(([id]) => id === 'string_to_quantity') ?? [];
    expect(quantity?.prepare?.(['1Gi'])?.('ignored')).toEqual(quantity?.call('1Gi'));
    expect(quantity?.prepare?.([undefined])).toBeUndefined();
  });
});
