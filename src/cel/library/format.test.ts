import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { Optional, type Value } from '../value.ts';
import { FORMAT } from './format.ts';

function problems(name: string, text: string): Value | undefined {
  const format = call(FORMAT, 'format.named', name) as Optional;
  return (call(FORMAT, 'validate', format.value as Value, text) as Optional).value;
}

describe('named formats', () => {
  it.each([
    ['dns1123Label', 'my-name'],
    ['dns1123LabelPrefix', 'my-name-'],
    ['qualifiedName', 'example.com/My.Name_1'],
    ['labelValue', ''],
    ['uuid', '123E4567-e89b-12d3-a456-426614174000'],
    ['date', '2024-02-29'],
    ['datetime', '2024-02-29t23:59:59.9+01:00'],
    ['uri', '/path'],
  ])('%s takes %j', (name, text) => expect(problems(name, text)).toBeUndefined());

  it.each([
    ['dns1123Label', 'a.b', 'must not contain dots'],
    ['qualifiedName', '/x', 'prefix part must be non-empty'],
    ['labelValue', 'x'.repeat(64), 'must be no more than 63 bytes'],
    ['date', '2023-02-29', 'invalid date'],
    ['datetime', '2024-01-01T00:00:60Z', 'invalid datetime'],
    ['byte', 'aGVsbG8', 'invalid base64'],
    ['uri', 'x', 'parse "x": invalid URI for request'],
  ])('%s refuses %j', (name, text, problem) => expect(problems(name, text)).toEqual([problem]));

  it('knows no others', () => {
    expect(call(FORMAT, 'format.named', 'toString')).toBe(Optional.NONE);
  });

  it('looks at hostile names in linear time', () => {
    expect(problems('dns1123Subdomain', `${'a-'.repeat(100_000)}!`)).toHaveLength(2);
  });
});
