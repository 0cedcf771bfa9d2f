import { describe, expect, it } from 'vitest';
import { issueAuthority, issueLeaf } from './issue.ts';
import { CA_LIFETIME_MS, LEAF_LIFETIME_MS, nextStep } from './rotation.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NAMES = ['localhost', '127.0.0.1'];
const MINUTE = 60_000;

describe('nextStep', async () => {
  const authority = await issueAuthority(NOW);
  const leaf = await issueLeaf(authority, NAMES, NOW);
  const issued = { ca: authority.cert, cert: leaf.cert };
  // The life of a leaf begins some minutes before it is made.
  const renewal = NOW + (LEAF_LIFETIME_MS * 2) / 3;

  it.each([
    ['nothing yet', undefined, NAMES, NOW, 'new CA'],
    ['just made', issued, NAMES, NOW, 'keep'],
    ['short of two thirds of its life', issued, NAMES, renewal - 10 * MINUTE, 'keep'],
    ['past two thirds of its life', issued, NAMES, renewal + MINUTE, 'renew leaf'],
    ['long expired, the authority still good', issued, NAMES, NOW + 2 * LEAF_LIFETIME_MS, 'renew leaf'],
    ['a clock far behind', issued, NAMES, NOW - 24 * 60 * MINUTE, 'new CA'],
    ['a new name to serve', issued, [...NAMES, 'tidegate.shop.svc'], NOW, 'renew leaf'],
    ['an authority that a new leaf would outlive', issued, NAMES, NOW + CA_LIFETIME_MS - LEAF_LIFETIME_MS, 'new CA'],
  ] as const)('%s', (_case, given, names, now, step) => {
    expect(nextStep(given, names, now)).toBe(step);
  });

  it('renews a leaf of another authority', async () => {
    const other = await issueAuthority(NOW);
    expect(nextStep({ ca: other.cert, cert: leaf.cert }, NAMES, NOW)).toBe('renew leaf');
  });
});
