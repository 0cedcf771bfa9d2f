/** Admission of our own resources: a Policy that could never be in force is refused, with everything that is wrong with it. */
import type { KubernetesObject, Request } from '../engine/decision.ts';
import { jsonEqual } from '../engine/object/equal.ts';
import { oneLine } from '../policy/one-line.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import type { LiveObject, ResourceChecks } from '../policy/resource.ts';
import type { Admission } from './admit.ts';
import { type AdmissionResponse, allowed, denied } from './response.ts';
import { shortWarning } from './warning.ts';

/** The answer to a request for a Policy or PolicyException; `installation` is the namespace that Tidegate runs in. */
export function reviewResource(
  request: Request,
  checks: ResourceChecks,
  installation: string | undefined,
  now: number = Date.now(),
): Admission {
  const { uid, object } = request;
  if (object === null || !isToReview(request)) return answered(allowed(uid));
  const { resource } = request.resource;
  const reviewed = reviewedOf(request, object);
  const { problems, doubts } = resource === 'policies' ? checks.policy(reviewed) : checks.exception(reviewed, now);
  const warnings = doubts.map(warningOf);
  const notes = { warnings, auditAnnotations: {} };
  if (problems.length === 0) return answered(allowed(uid, notes));
  if (isOurs(object, installation)) {
    const all = [...problems.map(warningOf), ...warnings].slice(0, MOST_WARNINGS);
    return answered(allowed(uid, { ...notes, warnings: all }));
  }
  const status = { code: 422, reason: 'Invalid', message: messageOf(request.kind.kind, problems) };
  return answered(denied(uid, status, notes));
}

/** An admission in which no policy has had a say. */
function answered(response: AdmissionResponse): Admission {
  const verdict = response.allowed ? 'allowed' : 'denied';
  return { response, verdict, findings: [], changes: [], failures: [], notJudged: [] };
}

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
function reviewedOf({ name, namespace }: Request, object: KubernetesObject): LiveObject {
  const metadata = mapOf(object['metadata']);
  const generated = String(metadata['generateName'] ?? '').replace(/[^a-z0-9-]/g, '');
  const named = textOf(metadata['name']) || name || `${generated}0`;
  const place = namespace ? { namespace } : {};
  return {
    ...object,
    metadata: { ...metadata, name: named, ...place, uid: '', generation: 0 },
  } as unknown as LiveObject;
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

/** Every problem, from a line of its own on. */
function messageOf(kind: string, problems: readonly Problem[]): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(formatProblem);
  const rest = problems.length - shown.length;
  return [`this ${kind} would never be in force:`, ...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

/** In one line, without the lines that show the place. */
function warningOf({ excerpt: _, ...problem }: Problem): string {
  return shortWarning(oneLine(formatProblem(problem)));
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
