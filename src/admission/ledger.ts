/**
 * The mutation ledger's memory: what the mutating door did to which object, so that the validating door, which sees the object
 * after all other webhooks, can tell what came of it. The two are called by unrelated requests, maybe at two replicas; what
 * joins them is the object's name.
 */
import type { PolicySet } from '../engine/compiled.ts';
import type { Change, Context, KubernetesObject, Path, Request } from '../engine/decision.ts';
import { mutate } from '../engine/mutate.ts';
import { formatPath, stepInto, valueAt } from '../policy/path.ts';

/** A change that a policy would make now, though its turn is over. */
export interface MissingChange {
  readonly policy: string;
  /** The path, with the names of containers in the place of their numbers: another webhook may have moved them. */
  readonly place: string;
  /**
   * `undone`: it was made here, and another webhook has taken it away. `late`: the object was seen here and needed no such
   * change; another webhook has changed it since. `unseen`: this replica has not seen the object before.
   */
  readonly cause: 'undone' | 'late' | 'unseen';
}

export interface Ledger {
  /** The mutating door has answered with these changes. */
  remember(request: Request, changes: readonly Change[], now: number): void;
  /** What mutating policies would still change in an object that is about to be stored. Nothing is changed or remembered. */
  missing(set: PolicySet, request: Request, context: Context): readonly MissingChange[];
}

/** For a webhook of which nobody knows whether its mutating door is called at all. */
export const noLedger: Ledger = { remember: () => undefined, missing: () => [] };

// An API server gives a request a minute. Of 1,000 objects a second, those of the last seconds are what matters.
const MEMORY_MS = 60_000;
const MAX_OBJECTS = 2000;
const MAX_PLACES = 100;

interface Entry {
  readonly at: number;
  /** `policy place`. */
  readonly made: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * An empty ledger. `registered` says that the API server calls the mutating door, too: where that is not known, an object
 * that was not seen there is nothing to speak of until the first one is.
 */
export function createLedger(registered: boolean): Ledger {
  const entries = new Map<string, Entry>();
  let called = registered;
  const find = (request: Request, now: number): Entry | undefined => {
    const found = entries.get(keyOf(request, named(request))) ?? entries.get(keyOf(request, generated(request)));
    return found !== undefined && now - found.at <= MEMORY_MS ? found : undefined;
  };
  return {
    remember: (request, changes, now) => {
      called = true;
      const key = keyOf(request, named(request) || generated(request));
      // A second call within one request (reinvocation) adds to the first.
      const made = union(find(request, now)?.made ?? NOTHING, request, changes);
      entries.delete(key);
      entries.set(key, { at: now, made });
      if (entries.size > MAX_OBJECTS) entries.delete(entries.keys().next().value as string);
    },
    missing: (set, request, context) => {
      if (!called || request.object === null || set.matching(request).mutating.length === 0) return [];
      const changes = mutate(set, request, context).changes.filter(({ action }) => action === 'Mutate');
      if (changes.length === 0) return [];
      const made = find(request, context.now)?.made;
      return changes.map(({ policy, path }) => {
        const place = namedPlace(path, request.object);
        return { policy, place, cause: causeOf(`${policy} ${place}`, made) };
      });
    },
  };
}

/** Half of a change may be gone: `lifecycle` was set, and `lifecycle.preStop` is missing. */
function causeOf(missing: string, made: ReadonlySet<string> | undefined): MissingChange['cause'] {
  if (made === undefined) return 'unseen';
  for (const one of made) if (one.startsWith(missing) || missing.startsWith(one)) return 'undone';
  return 'late';
}

function union(known: ReadonlySet<string>, { object }: Request, changes: readonly Change[]): ReadonlySet<string> {
  const made = changes.filter(({ action }) => action === 'Mutate');
  if (made.length === 0) return known;
  const added = made.map(({ policy, path }) => `${policy} ${namedPlace(path, object)}`);
  return new Set([...known, ...added].slice(-MAX_PLACES));
}

function keyOf({ operation, kind, subResource = '', namespace = '', dryRun = false }: Request, name: string): string {
  return `${operation} ${kind.group}/${kind.kind}/${subResource} ${namespace}/${name} ${dryRun}`;
}

/** At the mutating door a generated name is not there yet. */
function named({ name, object }: Request): string {
  return name || metadataOf(object, 'name');
}

function generated({ object }: Request): string {
  return `${metadataOf(object, 'generateName')}*`;
}

function metadataOf(object: KubernetesObject | null, field: string): string {
  const value = valueAt(object, ['metadata', field]);
  return typeof value === 'string' ? value : '';
}

/** `spec.containers[app].lifecycle`: an index where its item has no name. */
function namedPlace(path: Path, object: KubernetesObject | null): string {
  let at: unknown = object;
  let place = '';
  for (const step of path) {
    at = stepInto(at, step);
    const name = typeof step === 'number' ? stepInto(at, 'name') : undefined;
    if (typeof name === 'string') place += `[${name}]`;
    else place += typeof step === 'number' || place === '' ? formatPath([step]) : `.${formatPath([step])}`;
  }
  return place.replaceAll('.[', '[') || 'the object';
}
