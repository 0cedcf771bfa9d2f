/** What a policy and the settings say about enforcement -> what holds. */
import type { Path } from '../../policy/path.ts';
import type { Action, Enforcement, PolicySpec } from '../../policy/policy.ts';
import type { PolicySettings } from '../../policy/settings.ts';
import type { CompiledEnforcement } from '../compiled.ts';
import { type Draft, report, reportSetting, type SettingsOf } from '../draft.ts';
import { labelTest, selectorProblem } from '../library/selector.ts';

/**
 * The settings' words where they have some, else the policy's. An action in the settings stands for every namespace, so
 * that Off is off: it replaces the policy's overrides too, and no profile changes it.
 */
export function compileEnforcement(
  draft: Draft,
  spec: PolicySpec,
  { enforcement: own = {} }: PolicySettings,
  settingsOf: SettingsOf,
): CompiledEnforcement {
  const fallback: Action = spec.mutations ? 'Mutate' : 'Deny';
  checkEnforcement(fallback, spec.enforcement ?? {}, (path, message) =>
    report(draft, ['spec', 'enforcement', ...path], message),
  );
  checkEnforcement(fallback, own, (path, message) =>
    reportSetting(draft, settingsOf, ['enforcement', ...path], message),
  );
  const settled = own.action !== undefined;
  const overrides = own.overrides ?? (settled ? [] : (spec.enforcement?.overrides ?? []));
  return {
    action: own.action ?? spec.enforcement?.action ?? fallback,
    overrides: overrides.map(({ namespaceSelector, action }) => ({
      selector: namespaceSelector,
      selects: labelTest(namespaceSelector),
      action,
    })),
    existing: own.existing ?? spec.enforcement?.existing ?? 'Tolerate',
    settled,
  };
}

/** What a policy of each kind can do, severest first. */
export const ACTIONS: Readonly<Record<'validating' | 'mutating', readonly Action[]>> = {
  validating: ['Deny', 'Warn', 'Audit', 'Off'],
  mutating: ['Mutate', 'Audit', 'Off'],
};

function checkEnforcement(
  kind: Action,
  { action, overrides = [] }: Enforcement,
  note: (path: Path, message: string) => void,
): void {
  const what = kind === 'Mutate' ? 'mutating' : 'validating';
  const allowed = ACTIONS[what];
  const check = (path: Path, given: Action | undefined) => {
    if (given && !allowed.includes(given)) note(path, `a ${what} policy is ${allowed.join(', ')}; not ${given}`);
  };
  check(['action'], action);
  for (const [index, override] of overrides.entries()) {
    check(['overrides', index, 'action'], override.action);
    const problem = selectorProblem(override.namespaceSelector);
    if (problem) note(['overrides', index, 'namespaceSelector'], problem);
  }
}
