/** What a policy does in the settings at hand, in one word. */
import type { CompiledPolicy } from '../engine/compiled.ts';
import type { Paint } from '../report/paint.ts';

const PAINTS: Readonly<Record<string, keyof Paint>> = {
  Deny: 'red',
  Warn: 'yellow',
  Audit: 'cyan',
  Mutate: 'green',
  Off: 'dim',
};

/** `Deny`, or `Deny*` where it depends on the namespace. */
export function actionOf({ enforcement }: CompiledPolicy): string {
  const { action, overrides } = enforcement;
  return overrides.some((override) => override.action !== action) ? `${action}*` : action;
}

/** What the `*` means, for whoever prints one. */
export const STAR = '* another action in some namespaces';

/** The same text in the colour of its action. */
export function paintAction(text: string, paint: Paint): string {
  const name = PAINTS[text.trim().replace(/\*$/, '')];
  return name === undefined ? text : paint[name](text);
}
