/** The report for programs: the schema is docs/report.schema.json, and docs/report.md says what to rely on. */
import { formatPath } from '../policy/path.ts';
import type { ObjectOutcome, Report } from './report.ts';

/** Indented JSON with a newline at its end. Paths are texts: `spec.template.spec.containers[0].image`. */
export function renderJson(report: Report): string {
  return [...jsonParts(report)].join('');
}

// At the margin such a line is no text of anybody's: those have their newlines escaped.
const OBJECTS = '\n  "objects": [';

// Few writes, and little to hold.
const PART = 2 ** 18;

/** The same text in parts: of a hundred thousand objects it is longer than a string can be. */
export function* jsonParts(report: Report): Generator<string> {
  const text = `${textOf(frameOf(report))}\n`;
  const at = text.indexOf(OBJECTS) + OBJECTS.length;
  let part = text.slice(0, at);
  for (const [index, object] of report.objects.entries()) {
    const lines = textOf(objectOf(object)).replaceAll('\n', '\n    ');
    part += `${index === 0 ? '' : ','}\n    ${lines}`;
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  yield `${part}${report.objects.length === 0 ? '' : '\n  '}${text.slice(at)}`;
}

// What JSON need not escape, and a terminal or an editor obeys.
const COMMANDING = /[\u007F-\u009F\p{Bidi_Control}\u2028\u2029]/gu;

/** Indented, and to be looked at: what would be obeyed is written so that it is seen. It is read as the same. */
function textOf(value: object): string {
  return JSON.stringify(value, null, 2).replace(
    COMMANDING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** All but the objects, which stand between the policies and the exceptions. */
function frameOf({ cluster, counts, baseline, policies, problems, skipped, exceptions }: Report): object {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'AuditReport',
    ...(cluster !== undefined && { cluster }),
    summary: counts,
    ...(baseline !== undefined && { baseline }),
    policies,
    objects: [],
    exceptions,
    problems,
    skipped,
  };
}

function objectOf(object: ObjectOutcome): object {
  return {
    ...object,
    // An edit is there if another format wants it: the same report would not always be the same JSON.
    findings: object.findings.map(({ edit, ...finding }) => ({ ...finding, path: formatPath(finding.path) })),
    changes: object.changes.map((change) => ({ ...change, path: formatPath(change.path) })),
  };
}
