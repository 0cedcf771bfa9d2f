/** Findings as rows: which of them are shown, and under which headings. Pure; the page only draws what comes out. */
import type { PageAction, PageFinding, PageObject, PagePolicy, PageReport } from '../data.ts';
import type { Grouping, State } from './state.ts';

export interface Row {
  /** The same in the next report, if it is still there. */
  readonly key: string;
  readonly finding: PageFinding;
  readonly object: PageObject;
  readonly policy: PagePolicy;
  /** What a search looks at, in lower case: made when it is asked for, not while the page opens. */
  readonly words: () => string;
}

export interface Group {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly tally: Tally;
}

export type Tally = Readonly<Record<PageAction, number>>;

export const ACTIONS: readonly PageAction[] = ['Deny', 'Warn', 'Audit'];
/** In hash and filter: objects without a namespace. */
export const NO_NAMESPACE = '-';

/** Every finding of the report, in its order. */
export function rowsOf(report: PageReport): readonly Row[] {
  const policies = new Map(report.policies.map((policy) => [policy.id, policy]));
  const seen = new Map<string, number>();
  return report.objects.flatMap((object) =>
    object.findings.map((finding) => {
      const policy = policies.get(finding.policy) ?? stranger(finding);
      const again = seen.get(finding.fingerprint) ?? 0;
      seen.set(finding.fingerprint, again + 1);
      const key = again === 0 ? finding.fingerprint : `${finding.fingerprint}~${again}`;
      return { key, finding, object, policy, words: once(() => wordsOf(report, finding, object, policy)) };
    }),
  );
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Of a policy that the report does not list, as a native one may be: what the finding says itself. */
function stranger({ policy, severity }: PageFinding): PagePolicy {
  return { id: policy, title: policy, category: '', severity, remediation: '', findings: 0, changes: 0 };
}

function wordsOf({ texts }: PageReport, finding: PageFinding, object: PageObject, policy: PagePolicy): string {
  const { message, why, remediation, path, container, place, rule, seenOn, fingerprint } = finding;
  const told = [texts[message], texts[why], texts[remediation]];
  const of = [`${policy.id}/${rule}`, policy.title, policy.category, titleOf(object), placeOf(object.file, place)];
  return [...told, ...of, path, container, seenOn, fingerprint].join('\n').toLowerCase();
}

/** `deploy/web.yaml:12:7`. */
export function placeOf(file: string | undefined, place: string | undefined): string {
  if (file === undefined) return '';
  return place === undefined ? file : `${file}:${place}`;
}

/** `Deployment shop/web`. */
export function titleOf({ kind, namespace, name }: PageObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name === '' ? '(no name)' : name}`;
}

export function isOpen({ excepted, known }: PageFinding): boolean {
  return excepted === undefined && known === undefined;
}

/** The rows that the reader has asked for: every word is found, every filter holds. */
export function matching(rows: readonly Row[], state: State): readonly Row[] {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    ({ finding, object, policy, words: text }) =>
      hasState(finding, state.action) &&
      (state.severity === '' || finding.severity === state.severity) &&
      (state.policy === '' || policy.id === state.policy) &&
      (state.namespace === '' || namespaceKey(object) === state.namespace) &&
      (state.file === '' || object.file === state.file) &&
      words.every((word) => text().includes(word)),
  );
}

function hasState(finding: PageFinding, wanted: string): boolean {
  if (wanted === 'excepted') return finding.excepted !== undefined;
  if (wanted === 'known') return finding.known === true && finding.excepted === undefined;
  return isOpen(finding) && (wanted === '' || finding.action === wanted);
}

export function namespaceKey({ namespace }: PageObject): string {
  return namespace ?? NO_NAMESPACE;
}

const KEYS: Readonly<Record<Grouping, (row: Row) => readonly [key: string, title: string]>> = {
  policy: ({ policy }) => [policy.id, policy.title],
  namespace: ({ object }) => [namespaceKey(object), namespaceTitle(namespaceKey(object))],
  workload: ({ object }) => [`${object.file ?? ''}:${object.line ?? ''} ${titleOf(object)}`, titleOf(object)],
  file: ({ object }) => [object.file ?? '', object.file ?? ''],
};

export function namespaceTitle(key: string): string {
  return key === NO_NAMESPACE ? 'No namespace' : key;
}

/** The groups with most to do first; in each, what refuses comes first. */
export function groupsOf(rows: readonly Row[], grouping: Grouping): readonly Group[] {
  const groups = Map.groupBy(rows, (row) => KEYS[grouping](row)[0]);
  return Array.from(groups, ([key, mine]) => ({
    key,
    title: mine[0] ? KEYS[grouping](mine[0])[1] : key,
    rows: ACTIONS.flatMap((action) => mine.filter(({ finding }) => finding.action === action)),
    tally: tallyOf(mine),
  })).sort(byWeight);
}

function tallyOf(rows: readonly Row[]): Tally {
  const tally = { Deny: 0, Warn: 0, Audit: 0 };
  for (const { finding } of rows) tally[finding.action]++;
  return tally;
}

function byWeight(a: Group, b: Group): number {
  const heavier = ACTIONS.map((action) => b.tally[action] - a.tally[action]).find((difference) => difference !== 0);
  return heavier ?? (a.key < b.key ? -1 : 1);
}
