import { describe, expect, it } from 'vitest';
import { formatProblem } from './problem.ts';
import { intervalMs, parseSettings, RECOMMENDED } from './settings.ts';

const HEAD = 'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\n';

function problemsOf(text: string): readonly string[] {
  const parsed = parseSettings(text, 'tidegate.yaml');
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('parseSettings', () => {
  it('fills in what is left out', () => {
    expect(parseSettings(HEAD, 'tidegate.yaml')).toMatchObject({ ok: true, settings: RECOMMENDED });
  });

  it('reads what is given, and knows where', () => {
    const text = `${HEAD}profile: strict\nexcludedNamespaces: [kube-system]\npolicies:\n  set-x:\n    enforcement: { action: "Off" }\n    parameters:\n      a: 1\n`;
    const parsed = parseSettings(text, 'tidegate.yaml');
    expect(parsed).toMatchObject({
      ok: true,
      settings: {
        profile: 'strict',
        excludedNamespaces: ['kube-system'],
        policies: { 'set-x': { enforcement: { action: 'Off' }, parameters: { a: 1 } } },
      },
    });
    if (!parsed.ok) return;
    expect(parsed.place.locate(['policies', 'set-x', 'parameters', 'a'])).toEqual({ line: 9, column: 10 });
    expect(parsed.place.locateKey(['policies', 'set-x'])).toEqual({ line: 6, column: 3 });
  });

  it('names each mistake by its place', () => {
    expect(problemsOf(`${HEAD}profil: strict\npolicies:\n  x: { enforcement: { action: Dney } }\n`)).toEqual([
      'tidegate.yaml:3:1: unknown field "profil" (did you mean "profile"?)',
      'tidegate.yaml:5:31: policies.x.enforcement.action: must be one of Deny, Warn, Audit, Mutate, Off, is "Dney" (did you mean "Deny"?)',
    ]);
  });

  it('reads of which namespaces Secrets may be looked up', () => {
    for (const given of [true, false, ['shop', 'bank']]) {
      const parsed = parseSettings(`${HEAD}readSecrets: ${JSON.stringify(given)}\n`, 'tidegate.yaml');
      expect(parsed).toMatchObject({ ok: true, settings: { readSecrets: given } });
    }
    expect(problemsOf(`${HEAD}readSecrets: shop\n`)).toEqual([
      'tidegate.yaml:3:14: readSecrets: must be boolean or array, is string',
    ]);
  });

  it('reads how fast and how often is scanned', () => {
    const given = { interval: '90s', objectsPerSecond: 7, reports: 'none' };
    const parsed = parseSettings(`${HEAD}scan: ${JSON.stringify(given)}\n`, 'tidegate.yaml');
    expect(parsed).toMatchObject({ ok: true, settings: { scan: { ...RECOMMENDED.scan, ...given } } });
    expect(['90s', '10m', '2h'].map(intervalMs)).toEqual([90_000, 600_000, 7_200_000]);
    for (const interval of ['10', '0s', '1d', 'soon', '-1m']) {
      expect(problemsOf(`${HEAD}scan: { interval: "${interval}" }\n`)).toHaveLength(1);
    }
  });

  it('reads how the API server asks, as far as it is said', () => {
    const text = `${HEAD}webhooks: { validation: { failurePolicy: Fail }, timeoutSeconds: 5 }\n`;
    expect(parseSettings(text, 'tidegate.yaml')).toMatchObject({
      ok: true,
      settings: {
        webhooks: {
          validation: { failurePolicy: 'Fail' },
          timeoutSeconds: 5,
          breakGlassGroups: ['tidegate:break-glass'],
          namespaceSelector: {},
        },
      },
    });
    expect(problemsOf(`${HEAD}webhooks: { timeoutSeconds: 11, validation: { failurePolicy: Fial } }\n`)).toEqual([
      'tidegate.yaml:3:29: webhooks.timeoutSeconds: must be <= 10',
      'tidegate.yaml:3:62: webhooks.validation.failurePolicy: must be one of Ignore, Fail, is "Fial" (did you mean "Fail"?)',
    ]);
  });

  it('says what a settings file is', () => {
    expect(problemsOf('')).toEqual([expect.stringMatching(/^tidegate\.yaml: is empty \(a settings file is/)]);
    expect(problemsOf(`${HEAD}---\n${HEAD}`)).toEqual([
      expect.stringMatching(/^tidegate\.yaml:4:1: more than one document/),
    ]);
    expect(problemsOf('kind: Policy\napiVersion: v1\n')).toHaveLength(2);
  });
});
