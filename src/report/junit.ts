/** JUnit XML, which most CI servers show: a suite for each file or namespace, a test for each object and policy. */

import { objectName } from '../policy/object-name.ts';
import { formatPath } from '../policy/path.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { printable } from './printable.ts';
import { isOpen, type ObjectOutcome, type Report, type ReportedFinding } from './report.ts';

/** One test of a suite. */
interface Case {
  readonly suite: string;
  /** `Deployment shop/web`. */
  readonly subject: string;
  readonly name: string;
  readonly errors: readonly Outcome[];
  readonly failures: readonly Outcome[];
  /** Why the test does not count; empty where it does. */
  readonly skipped: readonly string[];
}

interface Outcome {
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

/**
 * What refuses or warns has failed; what is only recorded, excepted, known or not judged is skipped; what could not be read
 * or evaluated is an error. Policies without any finding are tests that passed, in a suite of their own.
 */
export function renderJunit(given: Report): string {
  const report = printable({ ...given, skipped: [] });
  const suites = [...Map.groupBy(casesOf(report), ({ suite }) => suite)];
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'tidegate', ...totals(suites.flatMap(([, cases]) => cases)) })}>`,
    ...suites.flatMap(([name, cases]) => suiteLines(name, cases)),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

const PASSED = 'policies without findings';

function casesOf(report: Report): readonly Case[] {
  const { objects, problems, policies } = report;
  const of = objects.flatMap(objectCases);
  const named = new Set(of.map(({ name }) => name));
  const clean = policies.filter(({ id }) => !named.has(id));
  return [
    ...of,
    ...problems.map(problemCase),
    ...clean.map(({ id, title }) => ({ ...NOTHING, suite: PASSED, subject: title, name: id })),
  ].toSorted((a, b) => Number(a.suite === PASSED) - Number(b.suite === PASSED));
}

const NOTHING = { errors: [], failures: [], skipped: [] } as const;

function objectCases(object: ObjectOutcome): readonly Case[] {
  const suite = object.file ?? (object.namespace === undefined ? 'in no namespace' : `namespace ${object.namespace}`);
  const all = [...object.findings, ...object.failures, ...object.notJudged].map(({ policy }) => policy);
  return [...new Set(all)].map((policy) => {
    const mine = <T extends { readonly policy: string }>(list: readonly T[]): readonly T[] =>
      list.filter((one) => one.policy === policy);
    const findings = mine(object.findings);
    const failures = findings.filter((finding) => isOpen(finding) && finding.action !== 'Audit');
    const errors = mine(object.failures);
    const skipped = [
      ...findings.filter((finding) => !failures.includes(finding)).map((finding) => skippedText(object, finding)),
      ...mine(object.notJudged).map(({ rule, message }) => `not judged: ${rule}: ${message}`),
    ];
    return {
      suite,
      subject: objectName(object),
      name: policy,
      errors: errors.map(({ rule, message }) => ({ type: rule, message, text: placeOf(object, object) })),
      failures: failures.map((finding) => failureOf(object, finding)),
      skipped: failures.length + errors.length > 0 ? [] : skipped,
    };
  });
}

function failureOf(object: ObjectOutcome, finding: ReportedFinding): Outcome {
  const { action, message, why, remediation, path, seenOn } = finding;
  const lines = [
    placeOf(object, finding),
    formatPath(path),
    seenOn === undefined ? '' : `seen on ${seenOn}`,
    message,
    why,
    remediation,
  ];
  return { type: action, message, text: lines.filter((line) => line !== '').join('\n') };
}

function skippedText(object: ObjectOutcome, finding: ReportedFinding): string {
  const { excepted, known, message } = finding;
  const reason = excepted ? `excepted (${excepted.reason})` : known ? 'known before' : 'recorded only';
  return [placeOf(object, finding), reason, message].filter((part) => part !== '').join(': ');
}

/** `deploy/web.yaml:12:7`; empty for an object of a cluster. */
function placeOf({ file }: ObjectOutcome, { line, column }: Pick<ReportedFinding, 'line' | 'column'>): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function problemCase(problem: Problem): Case {
  const { file, message } = problem;
  const error = { type: 'problem', message, text: formatProblem(problem) };
  return { ...NOTHING, suite: file, subject: file, name: 'can be judged', errors: [error] };
}

function totals(cases: readonly Case[]): {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
} {
  return {
    tests: cases.length,
    failures: cases.filter(({ failures, errors }) => failures.length > 0 && errors.length === 0).length,
    errors: cases.filter(({ errors }) => errors.length > 0).length,
  };
}

function suiteLines(name: string, cases: readonly Case[]): readonly string[] {
  const skipped = cases.filter((one) => one.skipped.length > 0).length;
  const heading = attributes({ name, ...totals(cases), skipped });
  return [`  <testsuite ${heading}>`, ...cases.flatMap(caseLines), '  </testsuite>'];
}

function caseLines({ subject, name, errors, failures, skipped }: Case): readonly string[] {
  const heading = attributes({ classname: subject, name });
  const inner = [
    ...(skipped.length > 0 ? [`      <skipped>${text(skipped.join('\n'))}</skipped>`] : []),
    ...errors.map((error) => outcomeLine('error', error)),
    ...failures.map((failure) => outcomeLine('failure', failure)),
  ];
  if (inner.length === 0) return [`    <testcase ${heading}/>`];
  return [`    <testcase ${heading}>`, ...inner, '    </testcase>'];
}

function outcomeLine(element: 'error' | 'failure', { type, message, text: body }: Outcome): string {
  return `      <${element} ${attributes({ type, message })}>${text(body)}</${element}>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${text(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

/** Without what XML 1.0 cannot hold, however it is written. */
function text(value: string): string {
  return value
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
