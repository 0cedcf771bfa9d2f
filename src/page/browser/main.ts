/** Draws the page from its data and its address, and again whenever one of them changes. */
import type { PageData } from '../data.ts';
import { openControls } from './controls.ts';
import { byId, digits, element, plural, redraw } from './element.ts';
import { listenToKeys } from './keyboard.ts';
import { type Folds, foldsTo, openList } from './list.ts';
import { follow, liveLine } from './live.ts';
import { groupsOf, isOpen, matching, type Row, rowsOf } from './rows.ts';
import { type Grouping, hashOf, isFiltered, START, type State, stateOf, type View } from './state.ts';
import { headline, rankings, subtitle, tiles } from './summary.ts';
import { countOf, PAGES, policyAnchor, policyLink, viewBody } from './views.ts';

// A book of this many is as much as anybody prints.
const PRINTED = 1000;
const GROUPINGS: readonly Grouping[] = ['policy', 'namespace', 'workload', 'file'];

let data: PageData = JSON.parse(byId('data').textContent ?? '{}');
let rows: readonly Row[] = data.report ? rowsOf(data.report) : [];
let state: State = stateOf(location.hash);
const opened = new Set<string>();
const list = openList(byId('list'), byId('end'));
const controls = openControls(change);
/** What the list of findings was drawn for: it stays as it is as long as that is so. */
let drawnFor = '';

/** Where the reader is, kept in the history: what is left by a link is found again by going back. */
interface Place {
  readonly scrollY: number;
  readonly folds: Folds;
  /** How many entries of another view are drawn. */
  readonly entries: number;
  /** The finding that has the focus: its key, and how far below the upper edge of the window it stands. */
  readonly focused: { readonly key: string; readonly top: number } | undefined;
}

function placeNow(): Place {
  const row = document.activeElement?.closest<HTMLElement>('[data-key]');
  const focused = row ? { key: row.dataset['key'] ?? '', top: row.getBoundingClientRect().top } : undefined;
  const entries = byId('other').querySelectorAll('.entries > li').length;
  return { scrollY: window.scrollY, folds: list.folds(), entries, focused };
}

function goTo({ scrollY, focused }: Place): void {
  window.scrollTo({ top: scrollY, behavior: 'instant' });
  if (focused === undefined) return;
  const row = document.querySelector(`[data-key="${CSS.escape(focused.key)}"]`);
  row?.querySelector('summary')?.focus({ preventScroll: true });
  // Groups that were never in sight are as high as they are guessed to be.
  if (row) window.scrollBy({ top: row.getBoundingClientRect().top - focused.top, behavior: 'instant' });
}

function draw(place?: Place): void {
  controls.show(state);
  drawViews();
  const isFindings = state.view === 'findings';
  byId('findings').hidden = !isFindings;
  byId('filters').hidden = !isFindings;
  byId('tools').hidden = data.report === undefined;
  byId('groups').hidden = rows.length === 0;
  byId('other').hidden = isFindings;
  if (isFindings) drawFindings(place?.folds);
  else drawOther(state.view as Exclude<View, 'findings'>, place?.entries ?? 0);
}

function drawFindings(folds?: Folds): void {
  const wanted = hashOf({ ...state, finding: '' });
  if (drawnFor === wanted) return;
  drawnFor = wanted;
  const found = matching(rows, state);
  const groups = groupsOf(found, state.group);
  const texts = data.report?.texts ?? [];
  const view = { texts, group: state.group, opened, turned, policyLink: policyLink(state) };
  list.show(groups, view, folds ?? foldsTo(groups, state.finding));
  const isPast = state.action === 'excepted' || state.action === 'known';
  const all = matching(rows, { ...START, action: isPast ? state.action : '' }).length;
  const shown = isFiltered(state)
    ? `${digits(found.length)} of ${plural(all, 'finding')}`
    : plural(found.length, 'finding');
  say(found.length === 0 ? nothingFound() : `${shown} in ${plural(groups.length, 'group')}`);
  byId('clear').hidden = !isFiltered(state);
  if (found.length === 0) byId('list').replaceChildren(element('p', { class: 'empty' }, nothingFound()));
}

function nothingFound(): string {
  if (data.report === undefined) return 'There is no report yet.';
  return isFiltered(state) ? 'No finding matches.' : `${headline(data.report)}.`;
}

function say(text: string): void {
  const count = byId('count');
  if (count.textContent !== text) count.textContent = text;
}

function drawOther(view: Exclude<View, 'findings'>, entries: number): void {
  const extent = { entries, linked: policyAnchor(state.policy) };
  const other = byId('other');
  const body = viewBody(view, data, state.text, extent);
  keepOpen(other, body);
  // A list that goes on has more to tell than what it shows.
  const isWhole = body.every((part) => part.localName !== 'button' || part.hidden);
  if (isWhole) redraw(other, body);
  else other.replaceChildren(...body);
}

/** What is unfolded in an entry is so in the one of the same title that takes its place. */
function keepOpen(before: Element, body: readonly HTMLElement[]): void {
  const titleIn = (folded: Element): string => folded.closest('.entry')?.querySelector('h3')?.textContent ?? '';
  const open = new Set(Array.from(before.querySelectorAll('.folded[open]'), titleIn));
  const folded = body.flatMap((part) => Array.from(part.querySelectorAll<HTMLDetailsElement>('.folded')));
  for (const details of folded) details.open = open.has(titleIn(details));
}

/** The entry that a link leads to, if it leads to one: only coming by the link is a reason to take the focus there. */
function linkedPolicy(): HTMLElement | null {
  return state.view === 'policies' ? document.getElementById(policyAnchor(state.policy)) : null;
}

/** The address leads to what was opened last; nothing is drawn anew for it. */
function turned(key: string, isOpened: boolean): void {
  if (!isOpened && key !== state.finding) return;
  state = { ...state, finding: isOpened ? key : '' };
  history.replaceState(history.state, '', hashOf(state));
}

/** Before it is drawn: whoever comes by a link to a finding reads it. */
function openLinked(): void {
  if (state.finding === '') return;
  drawnFor = '';
  opened.add(state.finding);
}

/** The row that a link leads to, if it is in the report and among what the link shows. */
function linkedFinding(): HTMLElement | null {
  if (state.view !== 'findings' || state.finding === '') return null;
  return document.querySelector(`[data-key="${CSS.escape(state.finding)}"] > summary`);
}

function drawSummary(): void {
  const { report } = data;
  drawHead();
  redraw(byId('tiles'), report ? tiles(report, state) : []);
  redraw(byId('rankings'), rankings(rows, state));
}

function drawHead(): void {
  const { report, live } = data;
  byId('headline').textContent = report ? headline(report) : live?.elected === false ? 'No scan here' : 'No scan yet';
  byId('subtitle').textContent = report ? subtitle(report, live !== undefined) : '';
  byId('live').replaceChildren(...(live ? liveLine(live) : []));
}

function drawViews(): void {
  const items = [viewLink('findings', 'Findings', rows.filter(({ finding }) => isOpen(finding)).length)];
  for (const [name, { title, entries }] of Object.entries(PAGES)) {
    const view = name as keyof typeof PAGES;
    const isWorthIt = entries(data).length > 0 || view === state.view || (view === 'denied' && data.live);
    if (isWorthIt) items.push(viewLink(view, title, countOf(view, data)));
  }
  redraw(byId('views'), items);
}

function viewLink(view: View, title: string, count: number): HTMLElement {
  const href = hashOf({ ...START, keys: state.keys, group: state.group, view });
  const current = view === state.view && 'page';
  const number = element('span', { class: 'count' }, digits(count));
  return element('li', {}, element('a', { href, 'aria-current': current }, title, ' ', number));
}

function take(newData: PageData): void {
  const isSameReport = JSON.stringify(newData.report) === JSON.stringify(data.report);
  data = newData;
  // Refusals and scans come all day: what they leave as it was keeps what the reader has opened, marked and stands on.
  if (isSameReport && state.view !== 'denied') {
    drawHead();
    drawViews();
    return;
  }
  rows = data.report ? rowsOf(data.report) : [];
  const place = placeNow();
  controls.offer(rows);
  drawSummary();
  drawnFor = '';
  draw(place);
  goTo(place);
}

function change(changes: Partial<State>): void {
  state = { ...state, finding: '', ...changes };
  history.replaceState(null, '', hashOf(state));
  draw();
}

// The address says what is shown: a jump must not change it.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  (state.view === 'findings' ? byId('count') : byId('other').querySelector('h2'))?.focus();
});
document.addEventListener(
  'click',
  ({ target }) => {
    if (target instanceof Element && target.closest('a') !== null) history.replaceState(placeNow(), '');
  },
  { capture: true },
);
window.addEventListener('hashchange', () => {
  const before = state;
  const place: Place | null = history.state;
  state = stateOf(location.hash);
  if (place === null) openLinked();
  draw(place ?? undefined);
  if (place !== null) return goTo(place);
  const linked = linkedPolicy() ?? linkedFinding();
  if (linked !== null) return linked.focus();
  const target = state.view === 'findings' ? byId('count') : byId('other').querySelector<HTMLElement>('h2');
  target?.focus({ preventScroll: true });
  if (before.view !== state.view || isFiltered(state)) byId('views').scrollIntoView({ block: 'start' });
});
let beforePrint: Place | undefined;
window.addEventListener('beforeprint', () => {
  beforePrint = placeNow();
  const left = list.drawAll(PRINTED);
  byId('unprinted').textContent =
    left === 0 ? '' : `${plural(left, 'more finding')} not printed: filter for what is to be.`;
});
window.addEventListener('afterprint', () => {
  drawnFor = '';
  draw(beforePrint);
});
// Whoever goes to the search waits less than who types in it.
byId('search').addEventListener('focus', () => {
  for (const { words } of rows) words();
});
listenToKeys({
  areOn: () => state.keys === 'on',
  turn: (on) => change({ keys: on ? 'on' : 'off' }),
  group: (index) => change({ group: GROUPINGS[index] ?? state.group }),
  clear: () => change({ text: '' }),
});
controls.offer(rows);
drawSummary();
openLinked();
draw();
if (data.live) follow(take);
byId('open-help').hidden = false;
document.documentElement.classList.add('drawn');
// What is not shown yet takes no focus.
(linkedPolicy() ?? linkedFinding())?.focus();
