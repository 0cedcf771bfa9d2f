/** `resources`, the other objects of the cluster. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, DYN, list, opaque, STRING, type Type } from '../../cel/type.ts';
import { Boxed, CelError, type Result, type Value } from '../../cel/value.ts';
import type { KubernetesObject, Lookup } from '../decision.ts';
import { byField, bySelector } from './object-index.ts';
import { secretView } from './secret.ts';
import { selectorOf } from './selector.ts';

export const RESOURCES_TYPE = opaque('tidegate.Resources');

/** The value of `resources` on one request. */
export class Resources extends Boxed {
  readonly typeName = 'tidegate.Resources';
  readonly #lookup: Lookup;
  /** As they were first listed on this request: all policies see the same, and an index over them is made once. */
  readonly #lists = new Map<string, readonly KubernetesObject[] | undefined>();

  constructor(lookup: Lookup) {
    super();
    this.#lookup = lookup;
  }

  override equals(other: Value): boolean {
    return this === other;
  }

  get(apiVersion: string, resource: string, namespace: string, name: string): KubernetesObject | null | undefined {
    const found = this.#lookup.get(apiVersion, resource, namespace, name);
    return found && isSecret(apiVersion, resource) ? secretView(found) : found;
  }

  list(apiVersion: string, resource: string, namespace: string): readonly KubernetesObject[] | undefined {
    const key = `${apiVersion} ${resource} ${namespace}`;
    if (this.#lists.has(key)) return this.#lists.get(key);
    const found = this.#lookup.list(apiVersion, resource, namespace);
    const seen = found && isSecret(apiVersion, resource) ? found.map(secretView) : found;
    this.#lists.set(key, seen);
    return seen;
  }
}

function isSecret(apiVersion: string, resource: string): boolean {
  return apiVersion === 'v1' && resource === 'secrets';
}

/** What a look-up is of, before what else it asks for. The webhook watches the kinds that stand there as literals. */
const PLACE: readonly Type[] = [RESOURCES_TYPE, STRING, STRING, STRING];

/**
 * `resources.get(apiVersion, resource, namespace, name)` (null for an object that does not exist), `resources.list(apiVersion,
 * resource, namespace)`, of those `resources.byField(…, field, text)` and `resources.bySelector(…, selector)` (see the functions
 * of these names), and `resources.knows(apiVersion, resource, namespace)`, whether they have an answer. An empty namespace is that
 * of cluster-scoped objects; for lists it means every namespace. Secrets come without their content.
 */
export const RESOURCES_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'get',
    overloads: [
      {
        id: 'tidegate_resources_get',
        member: true,
        parameters: [...PLACE, STRING],
        result: DYN,
        call: (resources, ...where) => {
          const [apiVersion = '', resource = '', namespace = '', name = ''] = where.map(String);
          const found = (resources as Resources).get(apiVersion, resource, namespace, name);
          return found === undefined ? notKnown(`${resource} ${namespace ? `${namespace}/` : ''}${name}`) : found;
        },
      },
    ],
  },
  {
    name: 'list',
    overloads: [
      {
        id: 'tidegate_resources_list',
        member: true,
        parameters: PLACE,
        result: list(DYN),
        call: (...place) => listed(place, (objects) => objects),
      },
    ],
  },
  {
    name: 'byField',
    overloads: [
      {
        id: 'tidegate_resources_by_field',
        member: true,
        parameters: [...PLACE, STRING, STRING],
        result: list(DYN),
        call: (...args) => listed(args, (objects) => byField(objects, String(args[4]), String(args[5]))),
      },
    ],
  },
  {
    name: 'bySelector',
    overloads: [
      {
        id: 'tidegate_resources_by_selector',
        member: true,
        parameters: [...PLACE, DYN],
        result: list(DYN),
        call: (...args) => {
          const selector = selectorOf(args[4]);
          return listed(args, (objects) =>
            selector === undefined ? [] : bySelector(objects, [String(args[1]), String(args[2])], selector),
          );
        },
      },
    ],
  },
  {
    name: 'knows',
    overloads: [
      {
        id: 'tidegate_resources_knows',
        member: true,
        parameters: PLACE,
        result: BOOL,
        call: (...place) => objectsAt(place) !== undefined,
      },
    ],
  },
];

/** The names of the functions of `resources`, each of which says by its first arguments what is to be watched. */
export const LOOKUPS: ReadonlySet<string> = new Set(RESOURCES_FUNCTIONS.map(({ name }) => name));

function listed(
  args: readonly Value[],
  part: (objects: readonly KubernetesObject[]) => readonly KubernetesObject[],
): Result {
  const objects = objectsAt(args);
  if (objects !== undefined) return part(objects);
  const [resource, namespace] = args.slice(2, 4).map(String);
  return notKnown(`${resource}${namespace ? ` in ${namespace}` : ''}`);
}

function objectsAt([resources, ...where]: readonly Value[]): readonly KubernetesObject[] | undefined {
  const [apiVersion = '', resource = '', namespace = ''] = where.slice(0, 3).map(String);
  return (resources as Resources).list(apiVersion, resource, namespace);
}

function notKnown(what: string): CelError {
  return new CelError(`${what}: not known here`, 'unknown');
}
