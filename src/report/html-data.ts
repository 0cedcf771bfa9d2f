/** A report as the data of its page. */
import type { Patch } from '../engine/decision.ts';
import type { PageFinding, PageObject, PageReport } from '../page/data.ts';
import { formatPath } from '../policy/path.ts';
import type { Problem } from '../policy/problem.ts';
import { patchDiff } from './html-fix.ts';
import { printable } from './printable.ts';
import type { ObjectOutcome, Place, Report, ReportedFinding } from './report.ts';

/** Texts without control characters, those that many findings share only once; the order of the report. */
export function pageReport(report: Report): PageReport {
  const texts = new Map<string, number>();
  const indexOf = (text: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const shared: Shared = { indexOf, diffOf: remembering(patchDiff) };
  const { cluster, counts, policies, exceptions, problems, skipped } = report;
  const { files, objects, deny, warn, audit, excepted, known, changes } = counts;
  const found = report.objects.map((object) => objectOf(object, shared));
  return {
    ...(cluster !== undefined && { cluster: printable(cluster) }),
    counts: { files, objects, policies: counts.policies, deny, warn, audit, excepted, known, changes },
    texts: printable([...texts.keys()]),
    policies: printable(policies),
    objects: found,
    exceptions: exceptions.map(({ name, state, findings, reason, owner, expiresAt, ...place }) =>
      printable({ name, place: placeOf(place), state, findings, reason, owner, expiresAt }),
    ),
    problems: problems.map(problemOf),
    skipped: skipped.map(({ reason, ...place }) => printable({ place: placeOf(place), message: reason })),
  };
}

/** What makes one thing of what many objects have. */
interface Shared {
  /** Of a long text. */
  readonly indexOf: (text: string) => number;
  readonly diffOf: (patch: Patch) => string;
}

// Most fixes are the same few fields in container 0, and YAML takes its time.
function remembering(diff: typeof patchDiff): typeof patchDiff {
  const known = new Map<string, string>();
  return (patch) => {
    const key = JSON.stringify(patch);
    const found = known.get(key) ?? diff(patch);
    known.set(key, found);
    return found;
  };
}

function objectOf(object: ObjectOutcome, shared: Shared): PageObject {
  const { kind, namespace, name, file, line, findings, changes, patch, failures, notJudged } = object;
  const diff = shared.diffOf(patch);
  return {
    ...printable({
      kind,
      ...(namespace !== undefined && { namespace }),
      name,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      changes: changes.map(({ policy, path, action }) => ({
        policy,
        path: formatPath(path),
        ...(action === 'Audit' && { recorded: true as const }),
      })),
      unjudged: [...failures, ...notJudged].map(({ policy, rule, message, ...rest }) => ({
        policy,
        rule,
        message,
        failed: 'failurePolicy' in rest,
      })),
    }),
    findings: findings.map((finding) => findingOf(finding, shared)),
    ...(diff !== '' && { patch: visible(diff) }),
  };
}

function findingOf(finding: ReportedFinding, { indexOf, diffOf }: Shared): PageFinding {
  const { policy, rule, action, severity, message, why, remediation, path, container, fingerprint } = finding;
  const { line, column, seenOn, excepted, known } = finding;
  const fix = finding.edit?.diff ?? diffOf(finding.fix ?? []);
  return {
    ...printable({
      policy,
      rule,
      action,
      severity,
      message: indexOf(message),
      why: indexOf(why),
      remediation: indexOf(remediation),
      path: formatPath(path),
      ...(container !== undefined && { container }),
      ...(line !== undefined && { place: `${line}:${column ?? 1}` }),
      ...(seenOn !== undefined && { seenOn }),
      ...(excepted !== undefined && { excepted: excuse(excepted) }),
      ...(known && { known }),
      fingerprint,
    }),
    ...(fix !== '' && { fix: visible(fix) }),
  };
}

function excuse({ reason, exception }: NonNullable<ReportedFinding['excepted']>): string {
  return exception === undefined ? reason : `${reason} (${exception})`;
}

/** Lines and tabs stay; other control characters, and those that turn the direction of writing, do not. */
function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, ' ');
}

function problemOf(problem: Problem): PageReport['problems'][number] {
  const { path, message, hint, excerpt } = problem;
  return printable({
    place: placeOf(problem),
    message: path === undefined || path === '' ? message : `${path}: ${message}`,
    ...(hint !== undefined && { hint }),
    ...(excerpt !== undefined && { excerpt }),
  });
}

/** `file:12:7`, as much of it as there is. */
function placeOf({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
