import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatTimestamp, type Timestamp } from '../../cel/timestamp.ts';
import type { JsonMap } from '../../cel/value.ts';
import { issueAuthority, issueLeaf, type KeyPair } from '../../certs/issue.ts';
import { certificateOf } from './certificate.ts';
import { secretView } from './secret.ts';

const NOW = Date.UTC(2026, 0, 1);
const RSA = privateKey('rsa');
const PLAIN_KEY = privateKey('ed25519');

describe('the certificate of a Secret', () => {
  let leaf: KeyPair;
  let authority: KeyPair;

  beforeAll(async () => {
    authority = await issueAuthority(NOW);
    leaf = await issueLeaf(authority, ['Shop.example', '*.shop.example', '10.0.0.1'], NOW);
  });

  const tls = ({ cert, key }: Partial<KeyPair>): JsonMap => ({
    stringData: { 'tls.crt': cert ?? '', 'tls.key': key ?? '' },
  });

  it('says what names it is for, and how long', () => {
    const { validTo } = new X509Certificate(leaf.cert);
    const { notAfter, notBefore, ...rest } = certificateOf(tls(leaf)) as JsonMap;
    expect(rest).toMatchObject({ dnsNames: ['shop.example', '*.shop.example'], matchesKey: true });
    expect(Date.parse(formatTimestamp(notAfter as Timestamp))).toBe(Date.parse(validTo));
    expect(Date.parse(formatTimestamp(notBefore as Timestamp))).toBeLessThan(NOW);
  });

  it('is read from a view as from the Secret itself, in base64 or not', () => {
    const data = { 'tls.crt': base64(leaf.cert), 'tls.key': base64(leaf.key) };
    expect(certificateOf(secretView({ data }))).toEqual(certificateOf({ data }));
    expect(certificateOf(secretView({ data }))).toEqual(certificateOf(tls(leaf)));
  });

  it('is the first of a chain, and has a common name where its subject has one', () => {
    expect(certificateOf(tls({ cert: `${leaf.cert}${authority.cert}` }))).toMatchObject({
      dnsNames: ['shop.example', '*.shop.example'],
    });
    expect(certificateOf(tls(authority))).toMatchObject({
      dnsNames: [],
      commonName: expect.stringContaining('tidegate authority'),
    });
  });

  it.each([
    ['of another certificate', () => authority.key],
    ['of another kind', () => RSA],
    ['that cannot be read', () => 'no key'],
    ['that is missing', () => undefined],
  ])('does not match a key %s', (_, key) => {
    expect(certificateOf({ stringData: { 'tls.crt': leaf.cert, 'tls.key': key() ?? null } })).toMatchObject({
      matchesKey: false,
    });
  });

  it.each<[string, JsonMap]>([
    ['no data', {}],
    ['a list', { data: [] }],
    ['no PEM', { stringData: { 'tls.crt': 'no certificate' } }],
    ['a number', { data: { 'tls.crt': 7 } }],
    ['a key in its place', { stringData: { 'tls.crt': PLAIN_KEY } }],
  ])('is none: %s', (_, secret) => {
    expect(certificateOf(secret)).toBeUndefined();
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function privateKey(type: 'rsa' | 'ed25519'): string {
  const { privateKey: key } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}
