/** What the page says where no script runs: the numbers, where most of it comes from, and what would be refused. */
import type { PageObject, PageReport } from '../page/data.ts';
import { objectName } from '../policy/object-name.ts';
import { escapeHtml } from './html-escape.ts';
import { plural } from './plural.ts';

// A page to print and to read in a mail; everything is in the other formats.
const REFUSED_SHOWN = 200;
const GROUPS_SHOWN = 50;

export function staticSummary(report: PageReport | undefined): string {
  if (report === undefined) return '<div class="static"><p>No scan has come to its end yet.</p></div>';
  const { counts, cluster } = report;
  const where = cluster === undefined ? plural(counts.files, 'file', 'files') : `cluster ${cluster}`;
  const judges = plural(counts.policies, 'policy', 'policies');
  return [
    '<div class="static">',
    `<p>${escapeHtml(`${plural(counts.objects, 'object', 'objects')} in ${where}, judged by ${judges}.`)}`,
    'Turn on JavaScript to search, filter and read every finding; the page asks nobody for anything.</p>',
    ...table('What was found', ['', 'findings'], numbersOf(report)),
    ...table('By policy', ['policy', 'id', 'findings'], policiesOf(report)),
    ...table('By namespace', ['namespace', 'findings'], namespacesOf(report)),
    ...table('Refused', ['object', 'place', 'policy', 'what'], refusedOf(report)),
    ...table(
      'Not judged',
      ['place', 'what'],
      report.problems.map(({ place, message }) => [place, message]),
    ),
    '</div>',
  ].join('\n');
}

type Cells = readonly (string | number)[];

function table(title: string, head: readonly string[], rows: readonly Cells[]): readonly string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, title === 'Refused' ? REFUSED_SHOWN : GROUPS_SHOWN);
  const rest = rows.length - shown.length;
  return [
    `<h2>${title}</h2>`,
    `<table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead><tbody>`,
    ...shown.map((cells) => `<tr>${cells.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`),
    '</tbody></table>',
    ...(rest > 0 ? [`<p>and ${rest} more</p>`] : []),
  ];
}

function numbersOf({ counts }: PageReport): readonly Cells[] {
  return [
    ['Deny: would be refused', counts.deny],
    ['Warn: would be warned about', counts.warn],
    ['Audit: recorded', counts.audit],
    ['Excepted', counts.excepted],
    ['Known before', counts.known],
    ['Fields that would be set', counts.changes],
  ];
}

function policiesOf({ policies }: PageReport): readonly Cells[] {
  return policies
    .filter(({ findings }) => findings > 0)
    .toSorted((a, b) => b.findings - a.findings)
    .map(({ id, title, findings }) => [title, id, findings]);
}

function namespacesOf({ objects }: PageReport): readonly Cells[] {
  const groups = Map.groupBy(objects, ({ namespace }) => namespace ?? 'no namespace');
  const count = (mine: readonly PageObject[]): number => mine.reduce((sum, { findings }) => sum + findings.length, 0);
  return Array.from(groups, ([namespace, mine]): Cells => [namespace, count(mine)])
    .filter(([, findings]) => findings !== 0)
    .toSorted(([, a], [, b]) => Number(b) - Number(a));
}

function refusedOf({ objects, texts }: PageReport): readonly Cells[] {
  return objects.flatMap(({ kind, namespace, name, file, findings }) =>
    findings
      .filter(({ action, excepted, known }) => action === 'Deny' && excepted === undefined && !known)
      .map(({ policy, message, place }) => [
        objectName({ kind, namespace, name }),
        file === undefined ? '' : [file, place].filter(Boolean).join(':'),
        policy,
        texts[message] ?? '',
      ]),
  );
}
