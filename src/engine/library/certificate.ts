/** What the certificate in a TLS Secret says. The certificate is public; of the key, no more than whether it is the right one. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { FunctionDeclaration } from '../../cel/function.ts';
import { Timestamp } from '../../cel/timestamp.ts';
import { DYN, map, optional, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, Optional, type Value } from '../../cel/value.ts';
import { secretText } from './secret.ts';

/** `certificate(secret)`: see `certificateOf`; none where that is undefined. */
export const CERTIFICATE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'certificate',
    overloads: [
      {
        id: 'tidegate_certificate_dyn',
        parameters: [DYN],
        result: optional(map(STRING, DYN)),
        call: (secret) => optionalOf(secret ?? null),
        cost: () => COST,
      },
    ],
  },
];

// Reading one takes about as long as some thousand steps of an expression.
const COST = 2000;

function optionalOf(secret: Value): Optional {
  if (!isMap(secret) || secret instanceof Boxed) return Optional.NONE;
  const found = known.get(secret) ?? certificateOf(secret);
  known.set(secret, found ?? NOTHING);
  return found === undefined || found === NOTHING ? Optional.NONE : new Optional(found);
}

const NOTHING: JsonMap = Object.freeze({});
const known = new WeakMap<JsonMap, JsonMap>();

/**
 * The first certificate of `tls.crt`, the one that a server shows: `dnsNames` (in lower case) and `commonName` of its subject,
 * `notBefore` and `notAfter`, and `matchesKey`: whether `tls.key` is its key. Undefined where the Secret has none, or none
 * that can be read.
 */
export function certificateOf(secret: JsonMap): JsonMap | undefined {
  const certificate = parse(secretText(secret, 'tls.crt') ?? '');
  if (certificate === undefined) return undefined;
  return Object.freeze({
    dnsNames: dnsNames(certificate.subjectAltName ?? ''),
    commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '',
    notBefore: timeOf(certificate.validFromDate),
    notAfter: timeOf(certificate.validToDate),
    matchesKey: matches(certificate, secretText(secret, 'tls.key') ?? ''),
  });
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** `DNS:a.example, IP Address:10.0.0.1`. Node puts names that could be mistaken for a list in quotes: no host is one. */
function dnsNames(subjectAltName: string): readonly string[] {
  const names = subjectAltName.split(', ').filter((name) => name.startsWith('DNS:'));
  return names.map((name) => name.slice('DNS:'.length).toLowerCase());
}

function timeOf(date: Date): Timestamp {
  return new Timestamp(BigInt(date.getTime()) * 1_000_000n);
}

function matches(certificate: X509Certificate, pem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    return false;
  }
}
