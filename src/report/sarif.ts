/** SARIF 2.1.0, which code hosts and editors read: findings at their lines, with the fixes that can be applied there. */

import { objectName } from '../policy/object-name.ts';
import { formatPath } from '../policy/path.ts';
import type { Problem } from '../policy/problem.ts';
import { printable } from './printable.ts';
import {
  isOpen,
  type ObjectOutcome,
  type Place,
  type PolicyOutcome,
  type Replacement,
  type Report,
  type ReportedFinding,
} from './report.ts';

/** One run, with the policies as rules; without a time, so that the same findings make the same log. */
export function renderSarif(report: Report): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [runOf(printable(report))],
  };
  // Indented it is twice as long, and GitHub takes ten megabytes.
  return `${JSON.stringify(log)}\n`;
}

function runOf(report: Report): object {
  const { policies, objects, counts, cluster } = report;
  const numbers = new Map(policies.map(({ id }, at) => [id, at]));
  // A policy says why it is there in its findings only.
  const reasons = new Map(objects.flatMap(({ findings }) => findings.map(({ policy, why }) => [policy, why])));
  return {
    tool: {
      driver: {
        name: 'Tidegate',
        informationUri: 'https://github.com/tidegate/tidegate',
        shortDescription: { text: 'Policy-as-code for Kubernetes' },
        rules: policies.map((policy) => ruleOf(policy, reasons.get(policy.id))),
      },
    },
    ...(cluster !== undefined && { automationDetails: { id: `tidegate/${cluster}` } }),
    invocations: [
      {
        executionSuccessful: counts.problems + counts.failures === 0,
        toolExecutionNotifications: notificationsOf(report),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: resultsOf(report, numbers),
  };
}

const LEVEL_OF_SEVERITY = { high: 'error', medium: 'warning', low: 'note' } as const;

function ruleOf({ id, title, category, severity, remediation }: PolicyOutcome, why: string | undefined): object {
  const reason = why === undefined ? [] : [why];
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: [title, ...reason].map(sentence).join(' ') },
    help: {
      text: [...reason, remediation, `tidegate explain ${id} says more.`].join('\n'),
      markdown: [...reason, `**How to fix**: ${remediation}`, `\`tidegate explain ${id}\` says more.`].join('\n\n'),
    },
    defaultConfiguration: { level: LEVEL_OF_SEVERITY[severity] },
    properties: { tags: ['kubernetes', category], 'problem.severity': PROBLEM_SEVERITY[severity], precision: 'high' },
  };
}

// As GitHub names them.
const PROBLEM_SEVERITY = { high: 'error', medium: 'warning', low: 'recommendation' } as const;

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const LEVELS = { Deny: 'error', Warn: 'warning', Audit: 'note' } as const;

function resultsOf({ objects, baseline, counts }: Report, rules: ReadonlyMap<string, number>): readonly object[] {
  const seen = new Map<string, number>();
  return objects.flatMap((object) =>
    object.findings.map((finding) => {
      // The same mistake in two files is two alerts; so is the same twice in one.
      const same = `${object.file ?? ''} ${finding.fingerprint}`;
      const occurrence = (seen.get(same) ?? 0) + 1;
      seen.set(same, occurrence);
      return {
        ...resultOf(object, finding, rules),
        partialFingerprints: {
          'tidegate/v1': finding.fingerprint,
          // What GitHub goes by: an alert stays the same one when its line moves.
          primaryLocationLineHash: `${finding.fingerprint}:${occurrence}`,
        },
        // Either all results of a run say this or none.
        ...(counts.excepted > 0 && { suppressions: suppressionsOf(finding) }),
        ...(baseline !== undefined && { baselineState: isOpen(finding) ? 'new' : 'unchanged' }),
      };
    }),
  );
}

function resultOf(object: ObjectOutcome, finding: ReportedFinding, rules: ReadonlyMap<string, number>): object {
  const { policy, action, message, container, path, rule, seenOn, severity } = finding;
  const ruleIndex = rules.get(policy);
  return {
    ruleId: policy,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: LEVELS[action],
    message: { text: sentence(seenOn === undefined ? message : `${message} (seen on ${seenOn})`) },
    locations: [locationOf(object, finding, path)],
    ...(finding.edit &&
      object.file !== undefined && { fixes: [fixOf(object.file, finding, finding.edit.replacements)] }),
    properties: { action, severity, rule, path: formatPath(path), ...(container !== undefined && { container }) },
  };
}

function locationOf(object: ObjectOutcome, place: Place, path: ReportedFinding['path']): object {
  const itself = { name: objectName(object), fullyQualifiedName: objectName(object), kind: 'resource' };
  const field = {
    name: formatPath(path),
    fullyQualifiedName: `${objectName(object)} ${formatPath(path)}`,
    kind: 'member',
  };
  return {
    ...(object.file !== undefined && {
      physicalLocation: { artifactLocation: artifactOf(object.file), ...regionOf(place) },
    }),
    logicalLocations: path.length === 0 ? [itself] : [field, itself],
  };
}

function regionOf({ line, column }: Pick<Place, 'line' | 'column'>): object {
  if (line === undefined) return {};
  return { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } };
}

/** Relative to where the audit ran, which a reader takes for the root of the sources. */
function artifactOf(file: string): object {
  const uri = file
    .replace(/^(?:\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

function fixOf(file: string, { remediation }: ReportedFinding, replacements: readonly Replacement[]): object {
  return {
    description: { text: remediation },
    artifactChanges: [
      {
        artifactLocation: artifactOf(file),
        replacements: replacements.map(({ start, end, text }) => ({
          deletedRegion: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
          insertedContent: { text },
        })),
      },
    ],
  };
}

function suppressionsOf({ excepted }: ReportedFinding): readonly object[] {
  if (excepted === undefined) return [];
  const kind = excepted.exception === undefined ? 'inSource' : 'external';
  return [{ kind, status: 'accepted', justification: excepted.reason }];
}

/** What kept the audit from judging something. */
function notificationsOf({ problems, objects }: Report): readonly object[] {
  return [
    ...problems.map((problem) => ({
      level: 'error',
      message: { text: messageOf(problem) },
      locations: [{ physicalLocation: { artifactLocation: artifactOf(problem.file), ...regionOf(problem) } }],
    })),
    ...objects.flatMap((object) => [
      ...object.failures.map(({ policy, rule, message }) =>
        unanswered(object, 'error', policy, `${policy}/${rule} could not be evaluated: ${message}`),
      ),
      ...object.notJudged.map(({ policy, rule, message }) =>
        unanswered(object, 'note', policy, `${policy}/${rule} was not judged: ${message}`),
      ),
    ]),
  ];
}

function messageOf({ message, path, hint }: Problem): string {
  return `${path === undefined ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

function unanswered(object: ObjectOutcome, level: 'error' | 'note', policy: string, text: string): object {
  return { level, message: { text }, associatedRule: { id: policy }, locations: [locationOf(object, object, [])] };
}
