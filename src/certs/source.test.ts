import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issueAuthority, issueLeaf } from './issue.ts';
import { CA_LIFETIME_MS, LEAF_LIFETIME_MS } from './rotation.ts';
import type { CertificateSource, SourceOptions } from './source.ts';
import { openSource } from './source.ts';
import { directoryStore } from './store.ts';

const NAMES = ['localhost', '127.0.0.1'];
let directory: string;
let problems: string[];
let opened: CertificateSource[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidegate-certs-'));
  problems = [];
  opened = [];
});

afterEach(async () => {
  for (const source of opened) source.close();
  await rm(directory, { recursive: true });
});

async function open(options: Partial<SourceOptions> = {}, at = directory) {
  const result = await openSource(directoryStore(at), {
    names: NAMES,
    events: { problem: (message) => problems.push(message) },
    ...options,
  });
  if (result.ok) opened.push(result.source);
  return result;
}

async function opensWith(options: Partial<SourceOptions> = {}, at = directory) {
  const result = await open(options, at);
  if (!result.ok) throw new Error(result.message);
  return result;
}

describe('an empty directory', () => {
  it('is given an authority and a certificate, which the next start uses as they are', async () => {
    const inside = join(directory, 'made', 'here');
    const first = await opensWith({}, inside);
    const second = await opensWith({}, inside);
    expect(first.made).toBe(true);
    expect(second.made).toBe(false);
    expect(second.source.current()).toEqual(first.source.current());
    expect((await readdir(inside)).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  });

  it('keeps its keys from everybody else', async () => {
    await opensWith();
    for (const name of ['tls.key', 'ca.key']) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });
});

describe('certificates of our own', () => {
  it('are renewed when due, by the same authority', async () => {
    const before = (await opensWith()).source.current();
    const later = Date.now() + LEAF_LIFETIME_MS;
    const after = (await opensWith({ clock: () => later })).source.current();
    expect(after.ca).toBe(before.ca);
    expect(new X509Certificate(after.cert).verify(new X509Certificate(before.ca ?? '').publicKey)).toBe(true);
    expect(new X509Certificate(after.cert).validToDate.getTime()).toBeGreaterThan(later);
  });

  it('get a new authority in time, which signs a month later, while the old one stays trusted', async () => {
    const before = (await opensWith()).source.current();
    const later = Date.now() + CA_LIFETIME_MS - LEAF_LIFETIME_MS;
    const announced = (await opensWith({ clock: () => later })).source.current();
    expect(announced.ca?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(announced.ca?.startsWith(before.ca ?? '')).toBe(true);
    expect(isSignedBy(announced.cert, before.ca)).toBe(true);
    const month = 31 * 24 * 60 * 60 * 1000;
    const after = (await opensWith({ clock: () => later + month })).source.current();
    expect(after.ca?.endsWith(before.ca ?? '')).toBe(true);
    expect(isSignedBy(after.cert, before.ca)).toBe(false);
    expect(isSignedBy(after.cert, after.ca)).toBe(true);
    expect((await readdir(directory)).sort()).toEqual(['ca.crt', 'ca.key', 'previous.crt', 'tls.crt', 'tls.key']);
  });
});

/** By the first of the authorities. */
function isSignedBy(cert: string, ca = ''): boolean {
  return new X509Certificate(cert).checkIssued(new X509Certificate(ca));
}

describe('given certificates', () => {
  async function give(): Promise<string> {
    const authority = await issueAuthority(Date.now());
    const leaf = await issueLeaf(authority, ['webhook.example.com'], Date.now());
    await writeFile(join(directory, 'tls.key'), leaf.key);
    await writeFile(join(directory, 'tls.crt'), leaf.cert);
    return leaf.cert;
  }

  it('are used as they are, whatever their names, and nothing is written', async () => {
    const cert = await give();
    expect((await opensWith()).source.current().cert).toBe(cert);
    expect(await readdir(directory)).toEqual(['tls.crt', 'tls.key']);
  });

  it('are swapped when the files change', async () => {
    await give();
    const { source } = await opensWith();
    const seen: string[] = [];
    source.onChange(({ cert }) => seen.push(cert));
    const cert = await give();
    await vi.waitFor(() => expect(seen).toEqual([cert]), { timeout: 5000 });
    expect(source.current().cert).toBe(cert);
    expect(problems).toEqual([]);
  });

  it('stay in use when a new pair does not belong together', async () => {
    const good = await give();
    const { source } = await opensWith();
    const other = await issueAuthority(Date.now());
    await writeFile(join(directory, 'tls.key'), other.key);
    await vi.waitFor(() => expect(problems).toHaveLength(1), { timeout: 5000 });
    expect(problems[0]).toContain('tls.key is not the key of tls.crt');
    expect(source.current().cert).toBe(good);
  });

  it.each([
    ['tls.crt', 'tls.crt holds no certificate in PEM'],
    ['tls.key', 'tls.key holds no unencrypted private key in PEM'],
  ])('are named when %s cannot be used', async (file, reason) => {
    await give();
    await writeFile(join(directory, file), 'noise');
    expect(await open()).toEqual({ ok: false, message: `certificates in ${directory}: ${reason}` });
    expect(await readFile(join(directory, file), 'utf8')).toBe('noise');
  });

  it.each(['tls.key', 'tls.crt'])('are not completed where %s is missing', async (missing) => {
    await give();
    await rm(join(directory, missing));
    const result = await open();
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining(`${missing} is missing`) });
    expect(await readdir(directory)).toHaveLength(1);
  });
});
