/** One finding: a line to scan, and what it opens to: why, what to do, where, and the fix. */
import type { PageFinding } from '../data.ts';
import { diffBlock } from './diff.ts';
import { type Child, element, hidden, icon } from './element.ts';
import { placeOf, type Row, titleOf } from './rows.ts';
import type { Grouping } from './state.ts';

export interface FindingView {
  readonly texts: readonly string[];
  readonly group: Grouping;
  /** Keys of those that the reader has opened; kept up to date. */
  readonly opened: Set<string>;
  /** The reader has opened or closed the row of this key. */
  readonly turned: (key: string, isOpen: boolean) => void;
  /** The address of a policy's entry. */
  readonly policyLink: (id: string) => string;
}

/** `said`: the finding whose why and remedy stand above already. */
export function findingItem(row: Row, view: FindingView, said?: PageFinding): HTMLElement {
  const { finding } = row;
  const details = element(
    'details',
    { class: 'row', 'data-key': row.key, open: view.opened.has(row.key) },
    element(
      'summary',
      {},
      badge(finding.action),
      element(
        'span',
        { class: 'what' },
        element('span', { class: 'message' }, view.texts[finding.message]),
        element('span', { class: 'meta' }, ...metaOf(row, view.group)),
      ),
      finding.fix === undefined ? undefined : element('span', { class: 'tag' }, icon('fix'), 'Fix'),
      icon('chevron'),
    ),
  );
  // Thousands are listed and few are read: the rest of one is made when it is asked for.
  const fill = (): void => {
    if (details.open && details.childElementCount === 1) details.append(body(row, view, said));
  };
  fill();
  details.addEventListener('toggle', () => {
    if (details.open) view.opened.add(row.key);
    else view.opened.delete(row.key);
    fill();
  });
  details.querySelector('summary')?.addEventListener('click', () => view.turned(row.key, !details.open));
  return element('li', {}, details);
}

export function badge(action: string): HTMLElement {
  return element('span', { class: `badge ${action.toLowerCase()}` }, icon(action), action);
}

/** What the heading above does not say. */
function metaOf({ finding, object, policy }: Row, group: Grouping): Child[] {
  const shown: Child[] = [];
  if (group !== 'workload') shown.push(element('span', { class: 'object' }, titleOf(object)));
  if (group !== 'policy') shown.push(element('code', {}, policy.id));
  const isFileSaid = group === 'file' || group === 'workload';
  const place = isFileSaid ? (finding.place ?? '') : placeOf(object.file, finding.place);
  if (place !== '') shown.push(element('span', { class: 'place' }, place));
  if (finding.excepted !== undefined) shown.push(element('span', {}, 'excepted'));
  if (finding.known) shown.push(element('span', {}, 'known before'));
  return shown.flatMap((part, index) => (index === 0 ? [part] : [hidden(', '), part]));
}

function body({ finding, object, policy }: Row, { texts, policyLink }: FindingView, said?: PageFinding): HTMLElement {
  const place = placeOf(object.file, finding.place);
  const found = finding.seenOn === undefined ? undefined : ` (seen on ${finding.seenOn})`;
  const where: Child[] = [
    element('span', { class: 'object' }, titleOf(object), found),
    place === '' ? undefined : element('code', { class: 'place' }, place),
    finding.path === '' ? undefined : element('code', {}, finding.path),
    finding.container === undefined ? undefined : element('span', {}, `container ${finding.container}`),
  ];
  return element(
    'div',
    { class: 'body' },
    element(
      'dl',
      {},
      ...entry('Why', said?.why !== finding.why && texts[finding.why]),
      ...entry('What to do', said?.remediation !== finding.remediation && texts[finding.remediation]),
      ...entry('Where', element('span', { class: 'where' }, ...where)),
      ...entry('Policy', policyLine(policy.id, policy.title, finding.rule, finding.severity, policyLink)),
      ...entry('Excepted', finding.excepted),
      ...entry('Known', finding.known && 'It was there when the baseline was taken.'),
      ...entry('Fix', finding.fix && diffBlock(finding.fix, 'The fix')),
    ),
  );
}

function policyLine(
  id: string,
  title: string,
  rule: string,
  severity: string,
  link: FindingView['policyLink'],
): HTMLElement {
  const name = element('a', { href: link(id) }, title);
  return element('span', { class: 'where' }, name, element('code', {}, `${id}/${rule}`), severityOf(severity));
}

export function severityOf(severity: string): HTMLElement {
  return element('span', { class: `severity ${severity}` }, `${severity} severity`);
}

function entry(term: string, value: Child | false): Child[] {
  if (value === undefined || value === false || value === '') return [];
  return [element('dt', {}, term), element('dd', {}, value)];
}
