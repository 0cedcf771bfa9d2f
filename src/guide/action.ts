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

export interface PolicyAction {
  readonly action: string;
  /** It is another one in some namespaces. */
  readonly differsByNamespace: boolean;
}

export function actionOf({ enforcement }: CompiledPolicy): PolicyAction {
  const { action, overrides } = enforcement;
  return { action, differsByNamespace: overrides.some((override) => override.action !== action) };
}

/** `Deny`, or `Deny*` where it depends on the namespace. */
export function actionWord({ action, differsByNamespace }: PolicyAction): string {
  return differsByNamespace ? `${action}*` : action;
}

/** What the `*` means, for whoever prints one. */
export const STAR = '* another action in some namespaces';

/** The same text in the colour of its action. */
export function paintAction(text: string, paint: Paint): string {
  const name = PAINTS[text.trim().replace(/\*$/, '')];
  return name === undefined ? text : paint[name](text);
}
