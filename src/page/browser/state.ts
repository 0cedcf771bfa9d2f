/** What the reader looks at, as the part of the address after #: a link to it shows the same. */

export interface State {
  readonly view: View;
  readonly group: Grouping;
  readonly text: string;
  /** An action, `excepted` or `known`; empty for all that is open. */
  readonly action: string;
  readonly severity: string;
  /** Id. */
  readonly policy: string;
  /** `-` for objects without one. */
  readonly namespace: string;
  readonly file: string;
  /** The key of the row that the reader has opened last; empty for none. */
  readonly finding: string;
  /** Single keys do something. */
  readonly keys: 'on' | 'off';
}

export type View = 'findings' | 'changes' | 'policies' | 'exceptions' | 'unjudged' | 'denied';
export type Grouping = 'policy' | 'namespace' | 'workload' | 'file';

export const START: State = {
  view: 'findings',
  group: 'policy',
  text: '',
  action: '',
  severity: '',
  policy: '',
  namespace: '',
  file: '',
  finding: '',
  keys: 'on',
};

const CHOICES: Readonly<Partial<Record<keyof State, readonly string[]>>> = {
  view: ['findings', 'changes', 'policies', 'exceptions', 'unjudged', 'denied'],
  group: ['policy', 'namespace', 'workload', 'file'],
  keys: ['on', 'off'],
};

/** With its `#`; only what differs from the start. */
export function hashOf(state: State): string {
  const entries = Object.entries(state).filter(([name, value]) => value !== START[name as keyof State]);
  return `#${new URLSearchParams(entries).toString()}`;
}

/** What is unknown in it counts as not said. */
export function stateOf(hash: string): State {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const entries = Object.entries(START).map(([name, start]) => {
    const value = given.get(name);
    const choices = CHOICES[name as keyof State];
    return [name, value === null || (choices && !choices.includes(value)) ? start : value];
  });
  return Object.fromEntries(entries) as State;
}

/** Whether anything is left out of the findings that are open. */
export function isFiltered({ text, action, severity, policy, namespace, file }: State): boolean {
  return [text, action, severity, policy, namespace, file].some((value) => value !== '');
}
