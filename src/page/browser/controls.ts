/** The search and the filters: what they say becomes the state, and what the state says is shown in them. */

import { byId, element } from './element.ts';
import type { Row } from './rows.ts';
import { NO_NAMESPACE, namespaceKey, namespaceTitle } from './rows.ts';
import type { Grouping, State } from './state.ts';

export interface Controls {
  /** What can be chosen from, by the findings that there are. */
  offer(rows: readonly Row[]): void;
  show(state: State): void;
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const SELECTS = ['action', 'severity', 'policy', 'namespace', 'file'] as const;
const GROUPS: Readonly<Record<Grouping, string>> = {
  policy: 'Policy',
  namespace: 'Namespace',
  workload: 'Workload',
  file: 'File',
};

type Option = readonly [value: string, label: string];

export function openControls(change: (changes: Partial<State>) => void): Controls {
  const search = byId('search') as HTMLInputElement;
  search.addEventListener('input', () => change({ text: search.value }));
  const selects = SELECTS.map((name) => {
    const select = byId(name) as HTMLSelectElement;
    select.addEventListener('change', () => change({ [name]: select.value }));
    return [name, select] as const;
  });
  byId('groups').addEventListener('change', ({ target }) =>
    change({ group: (target as HTMLInputElement).value as Grouping }),
  );
  byId('clear').addEventListener('click', () => {
    change({ text: '', action: '', severity: '', policy: '', namespace: '', file: '' });
    search.focus();
  });
  return {
    offer(rows) {
      const offered = optionsOf(rows);
      for (const [name, select] of selects) fill(select, offered[name]);
      fillGroups(offered.file.length > 0);
    },
    show(state) {
      if (search.value !== state.text) search.value = state.text;
      for (const [name, select] of selects) {
        select.value = state[name];
        // A link may ask for what is not in the report (any more): then nothing is found, and it must be seen why.
        if (select.value !== state[name]) select.append(new Option(state[name], state[name], true, true));
        select.classList.toggle('chosen', state[name] !== '');
      }
      const group = document.querySelector<HTMLInputElement>(`#groups input[value="${state.group}"]`);
      if (group) group.checked = true;
    },
  };
}

function optionsOf(rows: readonly Row[]): Readonly<Record<(typeof SELECTS)[number], readonly Option[]>> {
  const severities = new Set(rows.map(({ finding }) => finding.severity));
  const policies = new Map(rows.map(({ policy }) => [policy.id, policy.id]));
  const spaces = new Map(rows.map(({ object }) => [namespaceKey(object), namespaceTitle(namespaceKey(object))]));
  const files = new Set(rows.map(({ object }) => object.file).filter((file) => file !== undefined));
  const excepted = rows.some(({ finding }) => finding.excepted !== undefined);
  const known = rows.some(({ finding }) => finding.known === true);
  return {
    action: [
      ['Deny', 'Deny'],
      ['Warn', 'Warn'],
      ['Audit', 'Audit'],
      ...(excepted ? [['excepted', 'Excepted'] as const] : []),
      ...(known ? [['known', 'Known before'] as const] : []),
    ],
    severity: SEVERITIES.filter((severity) => severities.has(severity)).map((severity) => [severity, severity]),
    policy: byLabel([...policies]),
    namespace: byLabel([...spaces]),
    file: byLabel(Array.from(files, (file) => [file, file])),
  };
}

function byLabel(options: readonly Option[]): readonly Option[] {
  return options.toSorted(([a, one], [b, other]) => {
    if (a === NO_NAMESPACE || b === NO_NAMESPACE) return a === NO_NAMESPACE ? 1 : -1;
    return one < other ? -1 : 1;
  });
}

function fill(select: HTMLSelectElement, options: readonly Option[]): void {
  const [all] = select.options;
  select.replaceChildren(...(all ? [all] : []), ...options.map(([value, label]) => new Option(label, value)));
  // One value is no choice.
  (select.closest('label') ?? select).hidden = options.length < 2;
}

function fillGroups(withFiles: boolean): void {
  const shown = Object.entries(GROUPS).filter(([value]) => value !== 'file' || withFiles);
  const choices = shown.map(([value, label]) =>
    element('label', {}, element('input', { type: 'radio', name: 'group', value }), element('span', {}, label)),
  );
  byId('groups').replaceChildren(element('legend', {}, 'Group by'), ...choices);
}
