/** The top of the page: what it comes to in one sentence, the numbers, and where most of it comes from. */
import type { PageReport } from '../data.ts';
import { type Attributes, digits, element, hidden, icon, plural } from './element.ts';
import { ACTIONS, type Group, groupsOf, isOpen, type Row } from './rows.ts';
import { hashOf, START, type State } from './state.ts';
import { unjudgedCount } from './views.ts';

const SHOWN = 6;

export function headline(report: PageReport): string {
  const refused = report.objects.filter(({ findings }) =>
    findings.some((finding) => isOpen(finding) && finding.action === 'Deny'),
  ).length;
  if (refused > 0) return `${plural(refused, 'object')} would be refused`;
  const { warn, audit } = report.counts;
  if (warn > 0) return `Nothing would be refused, ${plural(warn, 'finding')} to look at`;
  if (audit > 0) return 'Nothing would be refused';
  // A report that has judged nothing has found nothing, and says nothing good.
  if (report.counts.objects === 0) return 'Nothing was judged';
  const { known } = report.counts;
  const nothing = known > 0 ? `Nothing new, ${digits(known)} known before` : 'Nothing found';
  const unjudged = unjudgedCount(report);
  return unjudged > 0 ? `${nothing}, ${digits(unjudged)} not judged` : nothing;
}

/** `isHere`: of the cluster that shows the page itself. */
export function subtitle({ cluster, counts }: PageReport, isHere: boolean): string {
  const named = isHere ? 'this cluster' : `cluster ${cluster}`;
  const where = cluster === undefined ? plural(counts.files, 'file') : named;
  return `${plural(counts.objects, 'object')} in ${where}, judged by ${plural(counts.policies, 'policy', 'policies')}`;
}

export function tiles(report: PageReport, state: State): HTMLElement[] {
  const { counts } = report;
  const view = (change: Partial<State>): string =>
    hashOf({ ...START, group: state.group, keys: state.keys, ...change });
  const unjudged = unjudgedCount(report);
  return [
    tile('Deny', counts.deny, 'refused', 'Findings that refuse an object', view({ action: 'Deny' })),
    tile('Warn', counts.warn, 'warned', 'Findings that warn', view({ action: 'Warn' })),
    tile('Audit', counts.audit, 'recorded', 'Findings that are only recorded', view({ action: 'Audit' })),
    tile('set', counts.changes, 'to be set', 'Fields that the webhook would set', view({ view: 'changes' })),
    tile('excepted', counts.excepted, 'excepted', 'Findings that are excused', view({ action: 'excepted' })),
    tile('unknown', unjudged, 'not judged', 'Problems, and rules without an answer', view({ view: 'unjudged' })),
  ];
}

function tile(kind: string, count: number, word: string, title: string, href: string): HTMLElement {
  const attributes: Attributes = { class: `tile ${kind.toLowerCase()}${count === 0 ? ' none' : ''}`, href, title };
  const number = element('span', { class: 'number' }, digits(count));
  return element('li', {}, element('a', attributes, icon(kind), number, element('span', { class: 'word' }, word)));
}

/** Where most of it comes from: by policy, and by namespace or, where all are in one, by file. */
export function rankings(rows: readonly Row[], state: State): HTMLElement[] {
  const open = rows.filter(({ finding }) => isOpen(finding));
  if (open.length === 0) return [];
  const spaces = groupsOf(open, 'namespace');
  const files = open.some(({ object }) => object.file !== undefined) ? groupsOf(open, 'file') : [];
  const link = (change: Partial<State>): string => hashOf({ ...START, keys: state.keys, ...change });
  return [
    ranking('By policy', groupsOf(open, 'policy'), ({ key }) => link({ policy: key, group: 'workload' })),
    spaces.length > 1 || files.length === 0
      ? ranking('By namespace', spaces, ({ key }) => link({ namespace: key }))
      : ranking('By file', files, ({ key }) => link({ file: key })),
  ];
}

function ranking(title: string, groups: readonly Group[], href: (group: Group) => string): HTMLElement {
  const shown = groups.slice(0, SHOWN);
  const most = Math.max(...shown.map(({ rows }) => rows.length));
  const lines = shown.map((group) => bar(group, most, href(group)));
  const rest = groups.length - lines.length;
  const more = rest > 0 ? element('p', { class: 'rest' }, `and ${rest} more below`) : undefined;
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, title),
    element('ol', { class: 'bars' }, ...lines),
    more,
  );
}

function bar({ title, rows, tally }: Group, most: number, href: string): HTMLElement {
  const whole = element('span', { class: 'bar', 'aria-hidden': 'true' });
  for (const action of ACTIONS) {
    if (tally[action] === 0) continue;
    const part = element('span', { class: action.toLowerCase() });
    part.style.width = `${(100 * tally[action]) / most}%`;
    whole.append(part);
  }
  const words = ACTIONS.filter((action) => tally[action] > 0).map((action) => `${tally[action]} ${action}`);
  const name = element('span', { class: 'name' }, title);
  const count = element('span', { class: 'count', 'aria-hidden': 'true' }, digits(rows.length));
  const link = element('a', { href, title: words.join(', ') }, name, whole, count, hidden(`: ${words.join(', ')}`));
  return element('li', {}, link);
}
