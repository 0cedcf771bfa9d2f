/** The same mistake in several containers is one thing to read. */
import type { Finding } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import { formatPaths } from './place.ts';

/** Findings of one rule that say the same of several places; never empty. */
export interface FindingGroup {
  /** The first, whose words speak for all. */
  readonly first: Finding;
  readonly findings: readonly Finding[];
}

/** Groups findings of the same rule whose messages differ in nothing but the container's name; order is kept. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = `${finding.policy} ${finding.rule} ${finding.tolerated} ${anonymous(finding)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return Array.from(groups.values(), (members) => ({ first: members[0], findings: members }));
}

/** The message of a group: the first one's, and how many other containers, or places in them, it speaks for. */
export function messageOf({ first, findings }: FindingGroup): string {
  // A sentence or a phrase, as its policy likes: here it stands in the middle of a line.
  const message = oneLine(first.message).replace(/\.$/, '');
  const others = findings.length - 1;
  if (others === 0) return message;
  const containers = new Set(findings.flatMap(({ container }) => container ?? []));
  const noun = containers.size === findings.length ? 'container' : 'place';
  return `${message} (and ${others} more ${noun}${others === 1 ? '' : 's'})`;
}

/** Where a group was found: the paths as one, and the names of the containers. */
export function placeOf({ findings }: FindingGroup): string {
  const containers = [...new Set(findings.flatMap(({ container }) => container ?? []))];
  const place = formatPaths(findings.map(({ path }) => path));
  return oneLine(containers.length === 0 ? place : `${place} (${containers.join(', ')})`);
}

// Names of containers are DNS labels, so a name is a whole word of this kind or not there: `a` is not in `has`.
const LETTER = /[A-Za-z0-9-]/;

/** The message without the container's name. */
function anonymous({ message, container = '' }: Finding): string {
  if (container === '') return message;
  let rest = '';
  let from = 0;
  for (let at = message.indexOf(container); at >= 0; at = message.indexOf(container, at + 1)) {
    const end = at + container.length;
    if (LETTER.test(message.charAt(at - 1)) || LETTER.test(message.charAt(end))) continue;
    rest += `${message.slice(from, at)}\0`;
    from = end;
  }
  return rest + message.slice(from);
}
