/**
 * Makes an authority and the serving certificates it signs. Keys and signatures are Node's (EC P-256: made in a
 * millisecond, and a TLS handshake costs a tenth of an RSA one); the X.509 around them is node-forge's.
 */
import { createHash, createPrivateKey, generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { CA_LIFETIME_MS, LEAF_LIFETIME_MS } from './rotation.ts';

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

// Clocks of an API server and of ours may differ: a certificate is valid some minutes before it was made.
const BACKDATED_MS = 10 * 60 * 1000;

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const AUTHORITY_NAME = 'tidegate authority';

const newKeys = promisify(generateKeyPair);
const { asn1, pki } = forge;

const TRUE = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BOOLEAN, false, '\xff');

interface Names {
  readonly subject: string;
  readonly issuer: string;
}

interface Issuance extends Names {
  readonly publicKey: Buffer;
  readonly signer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly object[];
}

/** A new self-signed authority, valid from shortly before `now` (milliseconds) for CA_LIFETIME_MS. */
export async function issueAuthority(now: number): Promise<KeyPair> {
  const { spki, key } = await keys();
  // The name carries the moment: during a change of authorities a client must tell the two apart by their names.
  const name = `${AUTHORITY_NAME} ${new Date(now).toISOString()}`;
  const cert = certificate({
    subject: name,
    issuer: name,
    publicKey: spki,
    signer: key,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + CA_LIFETIME_MS),
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      subjectKeyIdentifier(spki),
    ],
  });
  return { cert, key };
}

/** A serving certificate for `names` (DNS names and IP addresses), signed by `authority`, which it never outlives. */
export async function issueLeaf(authority: KeyPair, names: readonly string[], now: number): Promise<KeyPair> {
  const { spki, key } = await keys();
  const issuer = new X509Certificate(authority.cert);
  const notAfter = Math.min(now + LEAF_LIFETIME_MS, issuer.validToDate.getTime());
  const cert = certificate({
    subject: 'tidegate',
    issuer: issuer.subject.replace(/^CN=/, ''),
    publicKey: spki,
    signer: authority.key,
    notBefore: new Date(Math.max(now - BACKDATED_MS, issuer.validFromDate.getTime())),
    notAfter: new Date(notAfter),
    extensions: [
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'keyUsage', critical: true, digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map(alternativeName) },
      subjectKeyIdentifier(spki),
      { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifier(spkiOf(issuer)) },
    ],
  });
  return { cert, key };
}

async function keys(): Promise<{ readonly spki: Buffer; readonly key: string }> {
  const { publicKey, privateKey } = await newKeys('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { spki: publicKey, key: privateKey };
}

// DNS names are type 2, addresses type 7 (RFC 5280, 4.2.1.6).
function alternativeName(name: string): object {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name };
}

function spkiOf(certificate: X509Certificate): Buffer {
  return certificate.publicKey.export({ type: 'spki', format: 'der' });
}

// forge would take the identifier from a key it can read: this one is given as it goes into the certificate.
function subjectKeyIdentifier(spki: Buffer): object {
  return { id: pki.oids['subjectKeyIdentifier'], value: asn1.toDer(octets(keyIdentifier(spki))).getBytes() };
}

/** RFC 5280, 4.2.1.2 leaves the choice: SHA-1 of the SubjectPublicKeyInfo, as a byte string. */
function keyIdentifier(spki: Buffer): string {
  return createHash('sha1').update(spki).digest().toString('latin1');
}

/** RFC 5280, 4.1: what is signed, how, and the signature. forge itself can sign with RSA only. */
function certificate(issuance: Issuance): string {
  const body = bodyOf(issuance);
  const signature = sign('sha256', derBytes(body), createPrivateKey(issuance.signer));
  const whole = sequence([
    body,
    sequence([oid(ECDSA_WITH_SHA256)]),
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signature.toString('latin1')}`),
  ]);
  return pem('CERTIFICATE', derBytes(whole));
}

function bodyOf({ subject, issuer, publicKey, notBefore, notAfter, extensions }: Issuance): forge.asn1.Asn1 {
  return sequence([
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, [integer(Buffer.from([2]))]),
    integer(serialNumber()),
    sequence([oid(ECDSA_WITH_SHA256)]),
    name(issuer),
    sequence([time(notBefore), time(notAfter)]),
    name(subject),
    asn1.fromDer(forge.util.createBuffer(publicKey.toString('latin1'))),
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 3, true, [sequence(encoded(extensions))]),
  ]);
}

interface EncodedExtension {
  readonly id: string;
  readonly critical: boolean;
  readonly value: string | forge.asn1.Asn1;
}

/** forge knows how to write each kind of extension, once a certificate holds it. */
function encoded(extensions: readonly object[]): forge.asn1.Asn1[] {
  const draft = pki.createCertificate();
  draft.setExtensions([...extensions]);
  return draft.extensions.map(({ id, critical, value }: EncodedExtension) =>
    sequence([
      oid(id),
      ...(critical ? [TRUE] : []),
      octets(typeof value === 'string' ? value : asn1.toDer(value).getBytes()),
    ]),
  );
}

function name(commonName: string): forge.asn1.Asn1 {
  return pki.distinguishedNameToAsn1({ attributes: [{ type: pki.oids['commonName'] ?? '', value: commonName }] });
}

// UTCTime ends with the year 2049.
function time(date: Date): forge.asn1.Asn1 {
  const late = date.getUTCFullYear() >= 2050;
  const type = late ? asn1.Type.GENERALIZEDTIME : asn1.Type.UTCTIME;
  const text = late ? asn1.dateToGeneralizedTime(date) : asn1.dateToUtcTime(date);
  return asn1.create(asn1.Class.UNIVERSAL, type, false, text);
}

/** 127 random bits, positive and without a leading zero byte. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function sequence(parts: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts);
}

function integer(bytes: Buffer): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.INTEGER, false, bytes.toString('latin1'));
}

function octets(bytes: string): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, bytes);
}

function oid(dotted: string): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
}

function derBytes(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
