import { expect, it } from 'vitest';
import { literalRegex, type Regex } from '../../cel/regex.ts';
import { entriesOf, envNamed, isNamed } from './env.ts';

const regex = (pattern: string): Regex => literalRegex(pattern) as Regex;

it('finds the very entries of the containers, in order', () => {
  const password = { name: 'DB_PASSWORD', value: 'x' };
  const token = { name: 'api_token' };
  const containers = [{ env: [{ name: 'PORT', value: '80' }, password] }, {}, { env: [token] }];
  const found = envNamed(containers, regex('(?i)password|token'));
  expect(found).toHaveLength(2);
  expect(found[0]).toBe(password);
  expect(found[1]).toBe(token);
});

it('passes over what is no entry', () => {
  expect(entriesOf([null, 'web', { env: 'PORT' }, { env: [null, 'PORT', { value: 'x' }] }])).toEqual([{ value: 'x' }]);
  expect(envNamed([{ env: [{ value: 'x' }, { name: 1 }] }], regex(''))).toEqual([]);
});

it('answers the same when asked again, after thousands of other names too', () => {
  const names = regex('^A');
  const asked = Array.from({ length: 3_000 }, (_, index) => `${index % 2 ? 'A' : 'B'}${index}`);
  for (const name of [...asked, ...asked]) expect(isNamed(name, names)).toBe(name.startsWith('A'));
});
