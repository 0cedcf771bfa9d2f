/** What a person reads in the output of `kubectl apply`: everything that is wrong, at once, and the way out of each. */
import type { EvaluationFailure, Finding, Request } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import { fixHint } from './fix-hint.ts';
import type { FindingGroup } from './group.ts';
import { groupFindings, messageOf, placeOf } from './group.ts';
import { formatObject } from './place.ts';

// Beyond these, reasons and then blocks are left out: a terminal shows some 50 lines, and the first are the ones read.
const BLOCKS_WITH_REASON = 8;
const MAX_BLOCKS = 20;
const MAX_LINE = 300;

/**
 * The message of a denial. kubectl puts `admission webhook "…" denied the request: ` before it, on the same line, so the
 * first line is a summary and the blocks follow: policy and what, `at`, `why`, `fix`. Takes at least one cause.
 */
export function denialMessage(
  request: Request,
  findings: readonly Finding[],
  failures: readonly EvaluationFailure[],
): string {
  const groups = groupFindings(findings);
  const withReason = groups.length + failures.length <= BLOCKS_WITH_REASON;
  const blocks = [...groups.map((group) => findingBlock(group, withReason)), ...failures.map(failureBlock)];
  const lines = [summary(request, findings.length, failures.length), ...blocks.slice(0, MAX_BLOCKS)];
  if (blocks.length > MAX_BLOCKS) lines.push(`… and ${blocks.length - MAX_BLOCKS} more`);
  return lines.join('\n\n');
}

function summary(request: Request, findings: number, failures: number): string {
  const object = formatObject(request);
  if (findings === 0) return `${count(failures, 'policy', 'policies')} could not judge ${object}:`;
  return `${count(findings, 'problem', 'problems')} in ${object}:`;
}

function findingBlock(group: FindingGroup, withReason: boolean): string {
  const { policy, why } = group.first;
  return [
    `✗ ${policy}: ${messageOf(group)}`,
    `  at   ${placeOf(group)}`,
    ...(withReason && why !== '' ? [`  why  ${oneLine(why)}`] : []),
    `  fix  ${fixHint(group)}`,
  ]
    .map(bounded)
    .join('\n');
}

function failureBlock({ policy, rule, message }: EvaluationFailure): string {
  return [
    `✗ ${policy}: its rule ${rule} could not be evaluated: ${oneLine(message)}`,
    '  why  The failurePolicy of this policy is Fail: what it cannot judge is refused.',
    '  fix  Correct the policy, or set its failurePolicy to Ignore.',
  ]
    .map(bounded)
    .join('\n');
}

function bounded(line: string): string {
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 1)}…`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
