/** Admission of our own resources: a Policy that could never be in force is refused, with everything that is wrong with it. */
import type { KubernetesObject, Request } from '../engine/decision.ts';
import { jsonEqual } from '../engine/object/equal.ts';
import { oneLine } from '../policy/one-line.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import type { Admission } from './admit.ts';
import { allowed, denied } from './response.ts';

/** What is wrong with one object: `problems` refuse it, `doubts` are warnings. */
export interface ResourceVerdict {
  readonly problems: readonly Problem[];
  readonly doubts: readonly Problem[];
}

export interface ResourceReviewer {
  policy(object: ReviewedResource): ResourceVerdict;
  exception(object: ReviewedResource, now: number): ResourceVerdict;
}

/** The fields that a reviewer may rely on. */
export interface ReviewedResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation: number;
  };
}

/** The answer to a request for a Policy or PolicyException; `installation` is the namespace that Tidegate runs in. */
export function reviewResource(
  request: Request,
  reviewer: ResourceReviewer,
  installation: string | undefined,
  now: number = Date.now(),
): Admission {
  const { uid, object } = request;
  if (object === null || !isToReview(request)) return ALLOWED(uid);
  const { resource } = request.resource;
  const reviewed = reviewedOf(request, object);
  const { problems, doubts } = resource === 'policies' ? reviewer.policy(reviewed) : reviewer.exception(reviewed, now);
  const warnings = doubts.map(warningOf);
  const notes = { warnings, auditAnnotations: {} };
  if (problems.length === 0) return { ...ALLOWED(uid), response: allowed(uid, notes) };
  if (isOurs(object, installation)) {
    const all = [...problems.map(warningOf), ...warnings].slice(0, MOST_WARNINGS);
    return { ...ALLOWED(uid), response: allowed(uid, { ...notes, warnings: all }) };
  }
  const status = { code: 422, reason: 'Invalid', message: messageOf(request.kind.kind, problems) };
  return { ...ALLOWED(uid), verdict: 'denied', response: denied(uid, status, notes) };
}

const ALLOWED = (uid: string): Admission => ({
  response: allowed(uid),
  verdict: 'allowed',
  findings: [],
  changes: [],
  failures: [],
  notJudged: [],
});

/** What is there already is not refused when its labels change, or when it is to go and loses its last finalizer. */
function isToReview({ operation, subResource, resource, object, oldObject }: Request): boolean {
  if (subResource || resource.group !== 'tidegate.dev') return false;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return false;
  return operation === 'CREATE' || object === null || oldObject === null || !sameSpec(object, oldObject);
}

function sameSpec(a: KubernetesObject, b: KubernetesObject): boolean {
  return jsonEqual(a['spec'] ?? null, b['spec'] ?? null);
}

/** The object with a name that is text, whatever it holds: with `generateName` there is none yet. */
function reviewedOf({ name, namespace }: Request, object: KubernetesObject): ReviewedResource {
  const metadata = mapOf(object['metadata']);
  const generated = String(metadata['generateName'] ?? '').replace(/[^a-z0-9-]/g, '');
  const named = textOf(metadata['name']) || name || `${generated}0`;
  const place = namespace ? { namespace } : {};
  return {
    ...object,
    metadata: { ...metadata, name: named, ...place, uid: '', generation: 0 },
  } as unknown as ReviewedResource;
}

/**
 * Whether Helm writes it for this very installation. On an upgrade, policies of the next version come before the replicas
 * that know what is new in them: refusing them would stop the upgrade. Until then the version before stays in force.
 */
function isOurs(object: KubernetesObject, installation: string | undefined): boolean {
  const annotations = mapOf(mapOf(object['metadata'])['annotations']);
  return installation !== undefined && annotations['meta.helm.sh/release-namespace'] === installation;
}

const MOST_PROBLEMS = 50;
const MOST_WARNINGS = 10;
const LONGEST_WARNING = 120;

/** Every problem, from a line of its own on. */
function messageOf(kind: string, problems: readonly Problem[]): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(formatProblem);
  const rest = problems.length - shown.length;
  return [`this ${kind} would never be in force:`, ...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

/** In one line, without the lines that show the place, and no longer than Kubernetes asks for. */
function warningOf({ excerpt: _, ...problem }: Problem): string {
  const line = oneLine(formatProblem(problem));
  return line.length <= LONGEST_WARNING ? line : `${line.slice(0, LONGEST_WARNING - 1)}…`;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
