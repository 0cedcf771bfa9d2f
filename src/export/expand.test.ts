import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activation } from '../cel/activation.ts';
import { unparse } from '../cel/unparse.ts';
import type { JsonMap, Value } from '../cel/value.ts';
import { NATIVE_VALIDATING } from '../engine/environment.ts';
import { parseImage } from '../engine/library/image.ts';
import { selectsUntyped } from '../engine/library/selector.ts';
import { expand } from './expand.ts';
import { treeOf } from './quote.ts';

/** The answer of the expanded expression in the environment of a native policy, where none of our functions is. */
function native(source: string): (object: JsonMap) => unknown {
  const compilation = NATIVE_VALIDATING.compile(unparse(expand(treeOf(source))));
  if (!compilation.ok) throw new Error(compilation.issues[0]?.message);
  return (object) => {
    const others = Object.fromEntries([...NATIVE_VALIDATING.slots.keys()].map((name): [string, Value] => [name, null]));
    return compilation.program.evaluate(activation(NATIVE_VALIDATING, { ...others, object }));
  };
}

const SPACE = '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff';
const HEX = 'a'.repeat(31);

const reference = fc
  .array(
    fc.constantFrom(
      ...[
        'nginx',
        'docker.io',
        'index.docker.io',
        'localhost',
        'a.b',
        ':5000',
        '/',
        '//',
        ':',
        '@',
        '.',
        '-',
        '_',
        '~',
      ],
      ...[
        'latest',
        'v1.2',
        'sha256',
        `sha256:${HEX}a`,
        `sha256+b64:${HEX}A`,
        `:${HEX}`,
        'x'.repeat(128),
        'é',
        ...SPACE,
      ],
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.join(''));

describe('image() expands to what it gives', () => {
  const names = ['registry', 'repository', 'name', 'tag', 'digest', 'identifier'] as const;
  const whole = native(`${JSON.stringify(names)}.map(name, image(object.ref)[name])`);
  const parts = native('image(object.ref).tag + image(object.ref).digest');
  const inList = native("[image(object.ref)].map(i, i.tag + ' ' + i.digest)");
  const inListWhole = native("[image(object.ref)].map(i, i.registry + ' ' + i.repository)[0]");

  it('for any reference', () => {
    fc.assert(
      fc.property(reference, (ref) => {
        const expected = parseImage(ref);
        expect(whole({ ref })).toEqual(names.map((name) => expected[name]));
        expect(parts({ ref })).toBe(expected.tag + expected.digest);
        expect(inList({ ref })).toEqual([`${expected.tag} ${expected.digest}`]);
        expect(inListWhole({ ref })).toBe(`${expected.registry} ${expected.repository}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('in a short form where only the tag or the digest is asked for', () => {
    expect(unparse(expand(treeOf('image(a).tag'))).length).toBeLessThan(450);
    expect(unparse(expand(treeOf('[image(a)].all(i, i.tag != b)')))).toMatch(/^\[\{'tag': a\.find/);
  });
});

describe('selects() expands to what it gives', () => {
  const answer = native('selects(object.?selector.orValue(null), object.labels)');
  const word = fc.constantFrom('a', 'b', 'c');
  const selector = fc.option(
    fc.record(
      {
        matchLabels: fc.dictionary(word, word, { maxKeys: 2 }),
        matchExpressions: fc.array(
          fc.record(
            {
              key: word,
              operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Like'),
              values: fc.array(word, { maxLength: 2 }),
            },
            { requiredKeys: ['key', 'operator'] },
          ),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: [] },
    ),
  );

  it('for any selector and labels', () => {
    fc.assert(
      fc.property(selector, fc.dictionary(word, word, { maxKeys: 3 }), (given, labels) => {
        const object = { selector: given, labels } as unknown as JsonMap;
        expect(answer(object)).toBe(selectsUntyped(given as unknown as Value, labels));
      }),
      { numRuns: 1000 },
    );
  });
});
