import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueAuthority, issueLeaf } from './issue.ts';
import { LEAF_LIFETIME_MS } from './rotation.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NAMES = ['localhost', '127.0.0.1', '::1', 'tidegate.tidegate-system.svc'];

describe('an authority and its certificate', async () => {
  const authority = await issueAuthority(NOW);
  const ca = new X509Certificate(authority.cert);
  const leaf = new X509Certificate((await issueLeaf(authority, NAMES, NOW)).cert);

  it('form a chain that OpenSSL verifies', () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
  });

  it('serve the names that were asked for and no other', () => {
    expect(leaf.checkHost('localhost')).toBe('localhost');
    expect(leaf.checkHost('tidegate.tidegate-system.svc')).toBe('tidegate.tidegate-system.svc');
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkIP('::1')).toBeDefined();
    expect(leaf.checkHost('example.com')).toBeUndefined();
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('are valid a little before they were made, for clocks that differ', () => {
    expect(ca.validFromDate.getTime()).toBeLessThan(NOW);
    expect(leaf.validFromDate.getTime()).toBeLessThan(NOW);
    expect(leaf.validFromDate.getTime()).toBeGreaterThanOrEqual(ca.validFromDate.getTime());
    expect(leaf.validToDate.getTime()).toBe(NOW + LEAF_LIFETIME_MS);
  });

  it('have serial numbers of their own', async () => {
    const other = new X509Certificate((await issueLeaf(authority, NAMES, NOW)).cert);
    expect(other.serialNumber).not.toBe(leaf.serialNumber);
    expect(leaf.serialNumber).toHaveLength(32);
  });

  it('end together at the latest', async () => {
    const late = ca.validToDate.getTime() - 1000;
    const last = new X509Certificate((await issueLeaf(authority, NAMES, late)).cert);
    expect(last.validToDate).toEqual(ca.validToDate);
  });

  it('survive the year 2050, where X.509 changes its way to write a time', async () => {
    const future = new X509Certificate((await issueAuthority(Date.parse('2049-06-01T00:00:00Z'))).cert);
    expect(future.validToDate.getUTCFullYear()).toBe(2054);
  });
});
