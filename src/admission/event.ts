/** Events on the objects that findings are about, for those who look at an object and not at the output of an apply. */
import type { Finding, Request } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import type { Admission, Door } from './admit.ts';
import { groupFindings, messageOf } from './group.ts';

/** All of an Event but who writes it and when. */
export interface EventDraft {
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    /** Empty for a cluster-scoped object. */
    readonly namespace: string;
    readonly name: string;
    /** kubectl shows under an object only what bears its uid. Empty for an object that a denial has kept from being made. */
    readonly uid: string;
  };
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'PolicyWarning' | 'PolicyAudit' | 'PolicyDenied' | 'PolicyBroken';
  readonly action: string;
  /** At most 1,024 bytes, as the API server wants it. */
  readonly note: string;
}

// An API server takes 1,024 bytes; most messages are ASCII, and what is not is cut by bytes.
const MAX_NOTE = 1000;

/**
 * One Event for all Warn findings of an answered request, one for all in Audit; those that were there before, or are excepted, are
 * no news. One for a denial, which all replicas together are asked for by the scan. None for a rehearsal, of which nothing is
 * left. Of what is let in, none for subresources that carry another kind of object.
 */
export function findingEvents(door: Door, request: Request, admission: Admission): readonly EventDraft[] {
  if (door !== 'validate' || request.dryRun === true) return [];
  if (admission.verdict === 'denied') return denialEvents(request, admission);
  if (admission.findings.length === 0 || !isStored(request)) return [];
  const regarding = regardingOf(request);
  if (regarding === undefined) return [];
  const fresh = admission.findings.filter(({ tolerated, excepted }) => !tolerated && excepted === undefined);
  const draft = (action: 'Warn' | 'Audit', rest: Pick<EventDraft, 'type' | 'reason'>): readonly EventDraft[] => {
    const found = fresh.filter((finding) => finding.action === action);
    return found.length === 0 ? [] : [{ regarding, ...rest, action: 'Admitted', note: noteOf(found) }];
  };
  return [
    ...draft('Warn', { type: 'Warning', reason: 'PolicyWarning' }),
    ...draft('Audit', { type: 'Normal', reason: 'PolicyAudit' }),
  ];
}

/** Of what controllers make without a name the Event is on the controller; nothing that could be named: none. */
function denialEvents(request: Request, { findings, failures }: Admission): readonly EventDraft[] {
  const regarding = refusedObject(request);
  if (regarding === undefined) return [];
  const refusing = findings.filter((one) => one.action === 'Deny' && !one.tolerated && one.excepted === undefined);
  const note =
    refusing.length > 0 ? noteOf(refusing) : bounded(failures.map((one) => `${one.policy}: ${one.message}`).join('; '));
  return [{ regarding, type: 'Warning', reason: 'PolicyDenied', action: actionOf(request), note }];
}

function actionOf({ operation, subResource }: Request): string {
  return subResource ? `${operation} ${subResource}` : operation;
}

/** With the uid of what is there already. One that is to be made gets another uid with each attempt: it has none here. */
function refusedObject(request: Request): EventDraft['regarding'] | undefined {
  const { oldObject, object, namespace = '' } = request;
  const { uid = '' } = (oldObject?.['metadata'] ?? {}) as { readonly uid?: string };
  if (request.name) return { ...identityOf(request), name: request.name, uid };
  const references = ((object?.['metadata'] ?? {}) as { readonly ownerReferences?: unknown }).ownerReferences;
  const owners = (Array.isArray(references) ? references : []) as readonly (EventDraft['regarding'] & {
    readonly controller?: boolean;
  })[];
  const owner = owners.find(({ controller }) => controller === true);
  return owner && { apiVersion: owner.apiVersion, kind: owner.kind, namespace, name: owner.name, uid: owner.uid };
}

/** A Policy resource that does not compile. */
export interface BrokenPolicy {
  readonly name: string;
  readonly uid: string;
  readonly inForce: 'current' | 'previous' | 'none';
  readonly problems: readonly { readonly message: string }[];
}

/** The Event on a Policy that broke. */
export function brokenPolicyEvent({ name, uid, inForce, problems }: BrokenPolicy): EventDraft {
  const what = inForce === 'previous' ? 'its last good version stays in force' : 'it is not in force';
  const reasons = problems.map(({ message }) => oneLine(message)).join('; ');
  return {
    regarding: { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Policy', namespace: '', name, uid },
    type: 'Warning',
    reason: 'PolicyBroken',
    action: 'Compile',
    note: bounded(`The policy does not compile, ${what}: ${reasons}`),
  };
}

const SAME_OBJECT: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize', 'status']);

function isStored({ operation, subResource = '' }: Request): boolean {
  return (operation === 'CREATE' || operation === 'UPDATE') && SAME_OBJECT.has(subResource);
}

/** Undefined without a uid. On CREATE, too, the API server has given one before it asks the validating webhooks. */
function regardingOf(request: Request): EventDraft['regarding'] | undefined {
  const { name, uid } = (request.object?.['metadata'] ?? {}) as { readonly name?: unknown; readonly uid?: unknown };
  if (typeof name !== 'string' || typeof uid !== 'string') return undefined;
  return { ...identityOf(request), name, uid };
}

function identityOf({ kind, namespace = '', resource }: Request): Omit<EventDraft['regarding'], 'name' | 'uid'> {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const clusterScoped = kind.group === '' && resource.resource === 'namespaces';
  return { apiVersion, kind: kind.kind, namespace: clusterScoped ? '' : namespace };
}

function noteOf(findings: readonly Finding[]): string {
  const groups = groupFindings(findings);
  const texts = groups.map((group) => `${group.first.policy}: ${messageOf(group)}`);
  return bounded(texts.join('; '));
}

/** A copy: a message that was cut out of a large object would keep the whole of it while it waits to be written. */
function bounded(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_NOTE) return bytes.toString();
  return `${bytes.subarray(0, MAX_NOTE).toString().replace(/�+$/, '')}…`;
}
