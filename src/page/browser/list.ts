/** The findings under their headings, drawn as far as the reader has come: ten thousand of them open at once. */
import { element, icon, plural } from './element.ts';
import { badge, type FindingView, findingItem, severityOf } from './finding.ts';
import { ACTIONS, type Group } from './rows.ts';

// A heading and its first rows fill half a phone; whoever wants the rest asks for it.
const FIRST_ROWS = 6;
const MORE_ROWS = 200;
// Groups drawn at a time: more than a screen, less than a frame's worth of work.
const GROUPS_AT_A_TIME = 12;
// Ahead of what is seen, so that nobody waits at the end of the page.
const AHEAD = '1200px';

export interface List {
  /** Draws these in place of what is there, as far as the reader had come with `folds`. */
  show(groups: readonly Group[], view: FindingView, folds?: Folds): void;
  folds(): Folds;
  /** Everything, up to so many findings: for print. How many are left out. */
  drawAll(limit: number): number;
}

/** How far the reader has come; can be kept in the history. */
export interface Folds {
  /** How many groups are drawn. */
  readonly drawn: number;
  readonly collapsed: Set<string>;
  /** How many rows of a group are drawn, where the reader has asked for more. */
  readonly unfolded: Map<string, number>;
}

/** As far as this row, if it is there. */
export function foldsTo(groups: readonly Group[], wanted: string): Folds | undefined {
  for (const [index, { key, rows }] of groups.entries()) {
    const at = rows.findIndex((row) => row.key === wanted);
    if (at === -1) continue;
    return { drawn: index + 1, collapsed: new Set(), unfolded: new Map([[key, Math.max(at + 1, FIRST_ROWS)]]) };
  }
  return undefined;
}

export function openList(into: HTMLElement, end: HTMLElement): List {
  let groups: readonly Group[] = [];
  let view: FindingView | undefined;
  let drawn = 0;
  let collapsed = new Set<string>();
  let unfolded = new Map<string, number>();
  const folds = (): Folds => ({ drawn, collapsed, unfolded });
  const drawMore = (count: number): void => {
    if (view === undefined) return;
    for (const group of groups.slice(drawn, drawn + count)) into.append(section(group, view, folds()));
    drawn = Math.min(groups.length, drawn + count);
    end.hidden = drawn === groups.length;
  };
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      drawMore(GROUPS_AT_A_TIME);
      // It tells of changes alone: an end that is still in sight must be looked at anew.
      watch.unobserve(end);
      watch.observe(end);
    },
    { rootMargin: AHEAD },
  );
  watch.observe(end);
  return {
    show(given, newView, before) {
      collapsed = new Set(before?.collapsed);
      unfolded = new Map(before?.unfolded);
      [groups, view, drawn] = [given, newView, 0];
      into.replaceChildren();
      drawMore(Math.max(before?.drawn ?? 0, GROUPS_AT_A_TIME));
    },
    folds,
    drawAll(limit) {
      let left = limit;
      unfolded = new Map();
      for (const { key, rows } of groups) {
        unfolded.set(key, Math.max(0, Math.min(rows.length, left)));
        left -= rows.length;
      }
      drawn = 0;
      into.replaceChildren();
      drawMore(groups.findIndex(({ key }) => unfolded.get(key) === 0) >>> 0);
      return Math.max(0, -left);
    },
  };
}

function section(group: Group, view: FindingView, folds: Folds): HTMLElement {
  const { key, title, rows } = group;
  const button = element('button', { type: 'button', class: 'fold' }, icon('chevron'), element('span', {}, title));
  const list = element('ul', { class: 'rows' });
  const more = element('button', { type: 'button', class: 'more' });
  const content = element('div', { class: 'content' }, ...remedyOf(group, view), list, more);
  const fold = (isFolded: boolean): void => {
    button.setAttribute('aria-expanded', String(!isFolded));
    content.hidden = isFolded;
  };
  const said = view.group === 'policy' ? rows[0]?.finding : undefined;
  const draw = (upTo: number): void => {
    list.append(...rows.slice(list.childElementCount, upTo).map((row) => findingItem(row, view, said)));
    const left = rows.length - list.childElementCount;
    more.hidden = left === 0;
    more.textContent = left > MORE_ROWS ? `Show ${MORE_ROWS} more of ${left}` : `Show ${left} more`;
  };
  draw(folds.unfolded.get(key) ?? FIRST_ROWS);
  fold(folds.collapsed.has(key));
  button.addEventListener('click', () => {
    if (!folds.collapsed.delete(key)) folds.collapsed.add(key);
    fold(folds.collapsed.has(key));
  });
  more.addEventListener('click', () => {
    const first = list.childElementCount;
    draw(first + MORE_ROWS);
    folds.unfolded.set(key, list.childElementCount);
    // The button may be gone: the reader goes on where the new rows begin.
    list.children[first]?.querySelector('summary')?.focus();
  });
  const heading = element('h3', {}, button);
  return element('section', { class: 'group' }, element('header', {}, heading, headOf(group, view)), content);
}

function headOf({ rows, tally }: Group, { group }: FindingView): HTMLElement {
  const [first] = rows;
  const about = element('div', { class: 'about' });
  if (group === 'policy' && first !== undefined) {
    about.append(element('code', {}, first.policy.id), severityOf(first.finding.severity));
  }
  if (group === 'workload' && first?.object.file !== undefined) {
    const { file, line } = first.object;
    about.append(element('code', {}, line === undefined ? file : `${file}:${line}`));
  }
  const counts = ACTIONS.filter((action) => tally[action] > 0).map((action) => {
    const made = badge(action);
    made.append(` ${tally[action]}`);
    return made;
  });
  about.append(element('span', { class: 'tally', title: plural(rows.length, 'finding') }, ...counts));
  return about;
}

/** What all findings of a policy have in common is said once. */
function remedyOf({ rows }: Group, { group, texts, policyLink }: FindingView): HTMLElement[] {
  const [first] = rows;
  if (group !== 'policy' || first === undefined) return [];
  const { finding, policy } = first;
  const link = element(
    'a',
    { href: policyLink(policy.id) },
    'About the policy',
    element('span', { class: 'hidden' }, ` ${policy.title}`),
  );
  const text = element(
    'p',
    { class: 'remedy' },
    `${texts[finding.why] ?? ''} `,
    element('strong', {}, texts[finding.remediation] ?? ''),
    ' ',
    link,
  );
  return [text];
}
