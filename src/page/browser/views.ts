/** What there is beside findings: fields to be set, policies, exceptions, what was not judged, who was refused. */
import type { PageData, PageObject, PagePolicy, PageProblem, PageReport } from '../data.ts';
import { diffBlock } from './diff.ts';
import { type Child, element, icon, plural } from './element.ts';
import { badge, severityOf } from './finding.ts';
import { type Entry, type Extent, pagedList } from './paged.ts';
import { placeOf, titleOf } from './rows.ts';
import { hashOf, START, type State, type View } from './state.ts';

interface Page {
  readonly title: string;
  readonly intro: string;
  readonly nothing: string;
  readonly entries: (data: PageData) => readonly Entry[];
  /** What is counted, where that is not the entries. */
  readonly count?: (data: PageData) => number;
}

/** In the order of the navigation. */
export const PAGES: Readonly<Record<Exclude<View, 'findings'>, Page>> = {
  changes: {
    title: 'To be set',
    intro:
      'Fields that the webhook sets when these objects are applied. Write them into the source and nothing changes.',
    nothing: 'The webhook would set nothing.',
    entries: ({ report }) => report?.objects.filter(({ changes }) => changes.length > 0).map(changeEntry) ?? [],
    count: ({ report }) => report?.counts.changes ?? 0,
  },
  denied: {
    title: 'Denied',
    intro: 'Requests that this cluster has refused, the latest first.',
    nothing: 'No request was refused.',
    entries: ({ live }) => live?.denials.map(denialEntry) ?? [],
  },
  unjudged: {
    title: 'Not judged',
    intro: 'What could not be read, and rules that came to no answer. Nothing here has passed.',
    nothing: 'Everything was read and judged.',
    entries: ({ report }) => (report === undefined ? [] : unjudgedEntries(report)),
    count: ({ report }) => (report === undefined ? 0 : unjudgedCount(report)),
  },
  exceptions: {
    title: 'Exceptions',
    intro: 'What excuses findings, why, until when, and who answers for it.',
    nothing: 'There are no exceptions.',
    entries: ({ report }) => report?.exceptions.map(exceptionEntry) ?? [],
  },
  policies: {
    title: 'Policies',
    intro: 'What was asked of every object.',
    nothing: 'There are no policies.',
    entries: ({ report }) => report?.policies.map(policyEntry) ?? [],
  },
};

/** The number that stands beside the name of a view. */
export function countOf(view: Exclude<View, 'findings'>, data: PageData): number {
  const { count, entries } = PAGES[view];
  return count?.(data) ?? entries(data).length;
}

export function viewBody(
  view: Exclude<View, 'findings'>,
  data: PageData,
  search: string,
  extent: Extent,
): readonly HTMLElement[] {
  const { title, intro, nothing, entries } = PAGES[view];
  return [
    element('h2', { tabindex: -1 }, title),
    element('p', { class: 'intro' }, intro),
    ...pagedList(entries(data), search, nothing, extent),
  ];
}

function card(title: Child, meta: readonly Child[], ...rest: readonly Child[]): HTMLElement {
  const heading = element('h3', {}, title);
  return element('article', { class: 'entry' }, heading, element('div', { class: 'about' }, ...meta), ...rest);
}

function code(text: string): HTMLElement {
  return element('code', {}, text);
}

function changeEntry(object: PageObject): Entry {
  const { changes, patch, file, line } = object;
  const place = placeOf(file, line === undefined ? undefined : String(line));
  return {
    words: () => [titleOf(object), place, ...changes.flatMap(({ policy, path }) => [policy, path])].join('\n'),
    draw: () => {
      const lines = changes.map(({ policy, path, recorded }) =>
        element(
          'li',
          {},
          icon('set'),
          code(path),
          element('span', { class: 'by' }, policy, recorded && ' (recorded only)'),
        ),
      );
      const meta = [place === '' ? undefined : code(place), plural(changes.length, 'field')];
      const list = element('ul', { class: 'changes' }, ...lines);
      return card(titleOf(object), meta, list, patch && folded('As a patch', diffBlock(patch, 'What would be set')));
    },
  };
}

function folded(title: string, content: HTMLElement): HTMLElement {
  return element('details', { class: 'folded' }, element('summary', {}, icon('chevron'), title), content);
}

function policyEntry({ id, title, category, severity, remediation, findings, changes }: PagePolicy): Entry {
  const anchor = policyAnchor(id);
  return {
    id: anchor,
    words: () => [id, title, category, severity, remediation].join('\n'),
    draw: () => {
      const address = hashOf({ ...START, policy: id, group: 'workload' });
      const count = plural(findings, 'finding');
      const meta = [
        code(id),
        category,
        severityOf(severity),
        findings > 0 ? element('a', { href: address }, count, hiddenFor(title)) : undefined,
        changes > 0 ? `${plural(changes, 'field')} to set` : undefined,
      ];
      const explain = element('p', { class: 'explain' }, 'More: ', code(`tidegate explain ${id}`));
      const made = card(title, meta, element('p', {}, remediation), explain);
      made.id = anchor;
      made.tabIndex = -1;
      return made;
    },
  };
}

/** The id of a policy's entry. */
export function policyAnchor(id: string): string {
  return `policy-${id}`;
}

function hiddenFor(title: string): HTMLElement {
  return element('span', { class: 'hidden' }, ` of ${title}`);
}

const STATES = { used: 'in use', unused: 'excuses nothing', expired: 'has expired' } as const;

function exceptionEntry(exception: PageReport['exceptions'][number]): Entry {
  const { name, place, state, findings, reason, owner, expiresAt } = exception;
  return {
    words: () => [name, place, STATES[state], reason, owner].join('\n'),
    draw: () =>
      card(
        name,
        [
          element('span', { class: `state ${state}` }, STATES[state]),
          findings > 0 ? `${plural(findings, 'finding')} excused` : undefined,
          place === '' ? undefined : code(place),
        ],
        element('p', {}, reason),
        element(
          'p',
          { class: 'explain' },
          `Owner ${owner}, `,
          expiresAt === '' ? 'without an end' : `until ${expiresAt}`,
        ),
      ),
  };
}

/** Without what was never meant for a cluster. */
export function unjudgedCount({ problems, objects }: PageReport): number {
  return problems.length + objects.reduce((sum, { unjudged }) => sum + unjudged.length, 0);
}

function unjudgedEntries({ problems, objects, skipped }: PageReport): readonly Entry[] {
  const rules = objects.flatMap((object) =>
    object.unjudged.map(({ policy, rule, message, failed }): Entry => {
      const what = failed ? 'could not be evaluated' : 'not judged';
      return {
        words: () => [titleOf(object), object.file, policy, rule, message].join('\n'),
        draw: () =>
          card(
            titleOf(object),
            [code(`${policy}/${rule}`), what, object.file && code(object.file)],
            element('p', {}, message),
          ),
      };
    }),
  );
  return [
    ...problems.map((problem) => problemEntry(problem, 'problem')),
    ...rules,
    ...skipped.map((document) => problemEntry(document, 'skipped')),
  ];
}

function problemEntry({ place, message, hint, excerpt }: PageProblem, state: string): Entry {
  return {
    words: () => [place, message, hint].join('\n'),
    draw: () =>
      card(
        code(place),
        [element('span', { class: `state ${state}` }, state)],
        element('p', {}, message, hint && ` (${hint})`),
        excerpt &&
          element(
            'pre',
            { class: 'excerpt', tabindex: 0, role: 'region', 'aria-label': 'The lines in question' },
            excerpt,
          ),
      ),
  };
}

function denialEntry({
  time,
  object,
  policies,
  message,
  count,
}: NonNullable<PageData['live']>['denials'][number]): Entry {
  return {
    words: () => [object, ...policies, message].join('\n'),
    draw: () => {
      const iso = new Date(time).toISOString();
      const when = element('time', { datetime: iso }, new Date(time).toLocaleString());
      const meta = [badge('Deny'), when, count > 1 ? `${plural(count, 'time')}` : undefined, ...policies.map(code)];
      return card(object, meta, element('p', { class: 'told' }, message));
    },
  };
}

/** The entry of a policy in the list of all. */
export function policyLink(state: State): (id: string) => string {
  return (id) => hashOf({ ...START, keys: state.keys, view: 'policies', policy: id });
}
