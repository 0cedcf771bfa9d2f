import { describe, expect, it } from 'vitest';
import { failure, finding, findingIn } from '../../test/admission/decisions.ts';
import { warningsOf } from './warning.ts';

describe('warningsOf', () => {
  it('says what and where, once for all containers', () => {
    expect(warningsOf([findingIn('web', 0), findingIn('proxy', 1)], [])).toEqual([
      'require-liveness-probe: container "web" has no livenessProbe (and 1 more container)',
    ]);
    expect(warningsOf([finding({ message: 'no probe', container: 'web', path: ['spec'] })], [])).toEqual([
      'require-liveness-probe: no probe at spec (web)',
    ]);
  });

  it('says that a finding is tolerated because it is not new', () => {
    expect(warningsOf([finding({ tolerated: true })], [])).toEqual([
      'require-liveness-probe: container "web" has no livenessProbe (not new: tolerated)',
    ]);
  });

  it('names a policy that failed', () => {
    expect(warningsOf([], [failure()])).toEqual(['our-own: could not be evaluated: no such key: labels']);
  });

  it('keeps to what Kubernetes takes: 120 characters each, 4096 together, one line, each once', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      finding({ policy: `policy-${index}`, message: `line\nbreak ${'long '.repeat(50)}`, tolerated: index % 2 === 0 }),
    );
    const warnings = warningsOf([...many, ...many], []);
    expect(Math.max(...warnings.map((warning) => warning.length))).toBe(120);
    expect(warnings.join('').length).toBeLessThanOrEqual(4096);
    expect(new Set(warnings).size).toBe(warnings.length);
    expect(warnings.join('')).not.toMatch(/\n|^Warning/);
    expect(warnings.at(-1)).toBe('and 71 more warnings');
    expect(warnings[0]).toMatch(/… \(not new: tolerated\)$/);
  });
});
