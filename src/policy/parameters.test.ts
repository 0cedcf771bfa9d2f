import { describe, expect, it } from 'vitest';
import { bindParameters } from './parameters.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    seconds: { type: 'integer', minimum: 1, default: 5 },
    registries: { type: 'array', items: { type: 'string' }, default: ['docker.io'] },
  },
};

describe('bindParameters', () => {
  it('fills in the defaults and freezes the whole', () => {
    const given = { seconds: 3 };
    const bound = bindParameters(SCHEMA, given);
    expect(bound).toEqual({ ok: true, params: { seconds: 3, registries: ['docker.io'] } });
    expect(given).toEqual({ seconds: 3 });
    if (bound.ok) expect(() => (bound.params['registries'] as string[]).push('x')).toThrow(TypeError);
  });

  it('gives every policy its own defaults', () => {
    const [first, second] = [bindParameters(SCHEMA), bindParameters(SCHEMA)];
    expect(first).toEqual(second);
    if (first.ok && second.ok) expect(first.params['registries']).not.toBe(second.params['registries']);
  });

  it('names what does not fit, misspelt names with what was meant', () => {
    expect(bindParameters(SCHEMA, { secnds: 3, registries: ['a', 1] })).toEqual({
      ok: false,
      of: 'given',
      errors: [
        { path: ['secnds'], surplus: true, message: 'unknown field "secnds"', hint: 'did you mean "seconds"?' },
        { path: ['registries', 1], surplus: false, message: 'must be string, is number', hint: 'put it in quotes' },
      ],
    });
  });

  it('takes no parameters without a schema', () => {
    expect(bindParameters(undefined)).toEqual({ ok: true, params: {} });
    expect(bindParameters(undefined, { a: 1 })).toMatchObject({ ok: false, of: 'given' });
  });

  it('leaves schemas open that say so', () => {
    expect(bindParameters({ ...SCHEMA, additionalProperties: { type: 'string' } }, { other: 'x' })).toMatchObject({
      ok: true,
    });
  });

  it.each([
    { type: 'strin' },
    { required: 'a' },
    { properties: [] },
    { propertis: {} },
    { properties: { a: { pattern: '(' } } },
    { properties: { a: { minimum: '1' } } },
    { properties: { a: { enum: [] } } },
    { properties: { a: { $ref: '#/gone' } } },
    { properties: { a: { format: 'nonsense' } } },
  ])('says when the schema itself is wrong: %j', (schema) => {
    expect(bindParameters(schema)).toMatchObject({
      ok: false,
      of: 'schema',
      errors: [{ path: [], message: expect.stringMatching(/^is no JSON Schema: ./) }],
    });
  });

  it('takes the same $id twice', () => {
    const schema = { $id: 'https://example.com/p', type: 'object' };
    expect(bindParameters({ ...schema })).toMatchObject({ ok: true });
    expect(bindParameters({ ...schema })).toMatchObject({ ok: true });
  });
});
