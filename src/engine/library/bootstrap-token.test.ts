import { expect, it } from 'vitest';
import { formatTimestamp } from '../../cel/timestamp.ts';
import type { Value } from '../../cel/value.ts';
import { tokenExpiration } from './bootstrap-token.ts';
import { secretView } from './secret.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

it.each<[string, Value, string | undefined]>([
  ['of data', { data: { expiration: base64('2026-01-02T00:00:00Z') } }, '2026-01-02T00:00:00Z'],
  ['of stringData', { stringData: { expiration: '2026-01-02T00:00:00+01:00' } }, '2026-01-02T00:00:00+01:00'],
  ['without a zone', { stringData: { expiration: '2026-01-02T00:00:00' } }, undefined],
  ['that is no time', { stringData: { expiration: 'tomorrow' } }, undefined],
  ['that is missing', { data: {} }, undefined],
  ['of nothing', null, undefined],
])('reads the expiration of a token: one %s', (_, secret, expected) => {
  const expiration = tokenExpiration(secret);
  expect(expiration && formatTimestamp(expiration)).toBe(expected);
});

it('reads it from a Secret that was looked up', () => {
  expect(tokenExpiration(secretView({ stringData: { expiration: '2026-01-02T00:00:00Z' } }))).toBeDefined();
});
