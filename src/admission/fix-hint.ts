/** A fix as one line of YAML that a person can type: `add readinessProbe: {tcpSocket: {port: 8080}}`. */
import type { Value } from '../cel/value.ts';
import type { Finding, Patch, PatchOperation } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import type { FindingGroup } from './group.ts';

// One line of a wide terminal, less the label before it.
const MAX_HINT = 140;

/** The verified fix of the group's first finding in YAML, where it is short; the policy's remediation otherwise. */
export function fixHint({ first, findings }: FindingGroup): string {
  const hint = patchHint(first);
  if (hint === undefined) return oneLine(first.remediation);
  const same = findings.every((finding) => finding === first || patchHint(finding) === hint);
  return oneLine(same ? hint : `${hint} (${first.container ?? 'the first'}; the others alike)`);
}

function patchHint({ fix }: Finding): string | undefined {
  if (fix === undefined || fix.length === 0) return undefined;
  const hint = describe(fix);
  return hint.length <= MAX_HINT ? hint : undefined;
}

function describe(patch: Patch): string {
  return patch
    .filter(({ op }) => op !== 'test')
    .map(describeOperation)
    .join('; ');
}

function describeOperation(operation: PatchOperation): string {
  const name = lastField(operation.path);
  switch (operation.op) {
    case 'remove':
      return `remove ${name}`;
    case 'move':
    case 'copy':
      return `${operation.op} ${lastField(operation.from)} to ${name}`;
    case 'replace':
      return `set ${name}: ${flow(operation.value)}`;
    default:
      return `add ${name}: ${flow(operation.value)}`;
  }
}

/** The last named step of a JSON pointer, with the index or `-` after it left to the reader: `tolerations` of `/tolerations/-`. */
function lastField(pointer: string): string {
  let end = pointer.length;
  while (end > 0) {
    const start = pointer.lastIndexOf('/', end - 1);
    const step = pointer.slice(start + 1, end);
    if (!INDEX.test(step)) return step.replaceAll('~1', '/').replaceAll('~0', '~') || 'the object';
    end = start;
  }
  return 'the object';
}

const INDEX = /^(?:\d+|-)$/;
const PLAIN_SCALAR = /^[A-Za-z_/][\w./@-]*$/;
const READ_AS_OTHER = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** A value in YAML's flow style, quoted only where YAML would read something else. */
function flow(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, field]) => `${flow(name)}: ${flow(field)}`);
    return `{${fields.join(', ')}}`;
  }
  if (typeof value === 'string' && PLAIN_SCALAR.test(value) && !READ_AS_OTHER.test(value)) return value;
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
