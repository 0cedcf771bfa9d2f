/**
 * The audit log's view of an answer. The API server prefixes each key with the webhook's name, so they are short:
 * `denied`, `warned`, `tolerated`, `audited`, `excepted`, `failed`, `not-judged`, `mutated`, `would-mutate`, `missing`.
 */
import type { Change, EvaluationFailure, Finding, NotJudged } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import type { MissingChange } from './ledger.ts';
import { formatPlace } from './place.ts';

// An audit event is one line of a log and passes through etcd-sized limits of many backends.
const MAX_VALUE = 2048;

export type Annotations = Readonly<Record<string, string>>;

/** Names the policies that found something, by what came of it. */
export function findingAnnotations(groups: Readonly<Record<string, readonly Finding[]>>): Annotations {
  const entries = Object.entries(groups).map(([key, findings]) => [key, findings.map(({ policy }) => policy)] as const);
  return annotations(entries, ', ');
}

/** Names the rules that failed or could not be judged, with the reason. */
export function gapAnnotations(failed: readonly EvaluationFailure[], open: readonly NotJudged[]): Annotations {
  const say = ({ policy, rule, message }: NotJudged): string => `${policy}/${rule}: ${oneLine(message)}`;
  return annotations([['failed', failed.map(say)] as const, ['not-judged', open.map(say)] as const], '; ');
}

/** The mutation ledger: policy and path of each change, those that a policy in Audit would make apart. */
export function changeAnnotations(changes: readonly Change[]): Annotations {
  const by = (action: Change['action']): string[] =>
    changes.filter((change) => change.action === action).map(({ policy, path }) => `${policy} ${formatPlace(path)}`);
  return annotations([['mutated', by('Mutate')] as const, ['would-mutate', by('Audit')] as const], '; ');
}

/** What became of the ledger: policy, path and cause of each change that is not there any more, or never was. */
export function missingAnnotations(missing: readonly MissingChange[]): Annotations {
  return annotations(
    [['missing', missing.map(({ policy, place, cause }) => `${policy} ${oneLine(place)} (${cause})`)]],
    '; ',
  );
}

function annotations(entries: readonly (readonly [string, readonly string[]])[], separator: string): Annotations {
  const written = entries.filter(([, items]) => items.length > 0);
  return Object.fromEntries(written.map(([key, items]) => [key, joined([...new Set(items)], separator)]));
}

/** Whole items only, and how many are missing. */
function joined(items: readonly string[], separator: string): string {
  let text = '';
  for (const [index, item] of items.entries()) {
    const next = index === 0 ? item : text + separator + item;
    if (next.length > MAX_VALUE) return `${text}${separator}and ${items.length - index} more`;
    text = next;
  }
  return text;
}
