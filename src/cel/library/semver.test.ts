import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import type { Value } from '../value.ts';
import { SEMVER } from './semver.ts';

const semver = (text: string, normalize = false): Value => call(SEMVER, 'semver', text, normalize);

describe('semver', () => {
  it('orders the example of semver.org', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ];
    for (const [index, version] of ordered.slice(1).entries()) {
      expect(call(SEMVER, 'isLessThan', semver(ordered[index] ?? ''), semver(version))).toBe(true);
    }
  });

  it('normalizes on demand', () => {
    expect(semver('v1.02')).toBe('error: No Major.Minor.Patch elements found');
    expect(call(SEMVER, 'compareTo', semver('v01.02', true), semver('1.2.0'))).toBe(0);
    expect(semver('v1-rc', true)).toBe('error: short version cannot contain PreRelease/Build meta data');
  });

  it('wraps numbers beyond int64, as Kubernetes does', () => {
    expect(call(SEMVER, 'major', semver('18446744073709551615.0.0'))).toBe(-1);
    expect(semver('18446744073709551616.0.0')).toMatch(/value out of range$/);
  });

  it('gives back the numbers it was made of', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (major, minor, patch) => {
        const version = semver(`${major}.${minor}.${patch}+build`);
        expect(['major', 'minor', 'patch'].map((part) => call(SEMVER, part, version))).toEqual([major, minor, patch]);
      }),
    );
  });
});
