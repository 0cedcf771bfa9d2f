/** Policies by their names in settings and exceptions, which may be names that no policy has. */
import type { ExceptionSource } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import type { PolicySettings, Settings, SettingsPlace } from '../policy/settings.ts';
import { didYouMean } from '../policy/suggest.ts';

/** What the settings say of the policy of that name. It may be `constructor`: only what they themselves hold counts. */
export function settingsFor(name: string, { policies }: Settings): PolicySettings | undefined {
  return Object.hasOwn(policies, name) ? policies[name] : undefined;
}

/** Entries of the settings, each at its place. */
export function unknownSettings(
  { policies }: Settings,
  place: SettingsPlace | undefined,
  names: readonly string[],
): readonly Problem[] {
  const unknown = Object.keys(policies).filter((id) => !names.includes(id));
  return unknown.map((id) => ({
    file: place?.file ?? 'settings',
    ...place?.locateKey(['policies', id]),
    path: 'policies',
    ...unknownName(id, names),
  }));
}

/** Entries of an exception, each at its place. */
export function exceptedUnknown(
  { exception, file, locate }: ExceptionSource,
  names: readonly string[],
): readonly Problem[] {
  return exception.spec.policies.flatMap(({ name }, index) => {
    if (names.includes(name)) return [];
    const at = locate(['spec', 'policies', index, 'name']);
    return [{ file, ...at, path: `spec.policies[${index}].name`, ...unknownName(name, names) }];
  });
}

function unknownName(name: string, names: readonly string[]): Pick<Problem, 'message' | 'hint'> {
  const hint = didYouMean(name, names);
  return { message: `no policy is called "${name}"`, ...(hint && { hint }) };
}
