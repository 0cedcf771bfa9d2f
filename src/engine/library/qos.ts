/** What a container may use once it runs, and the quality of service that Kubernetes gives its Pod for it. */

import type { FunctionDeclaration } from '../../cel/function.ts';
import { parseQuantity } from '../../cel/library/quantity-parse.ts';
import { addQuantities, canonical, compareQuantities, Quantity } from '../../cel/library/quantity-value.ts';
import { DYN, list, map, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Quantities as text by resource name. */
type Amounts = Readonly<Record<string, string>>;

interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** `effectiveResources(container, limitRanges)`, `qos(pod, limitRanges)`: see the functions of these names. */
export const QOS_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'effectiveResources',
    overloads: [
      {
        id: 'tidegate_effective_resources_dyn_list',
        parameters: [DYN, list(DYN)],
        result: map(STRING, map(STRING, STRING)),
        call: (container, limitRanges) => ({ ...effectiveResources(container, asList(limitRanges)) }),
      },
    ],
  },
  {
    name: 'qos',
    overloads: [
      {
        id: 'tidegate_qos_dyn_list',
        parameters: [DYN, list(DYN)],
        result: STRING,
        call: (pod, limitRanges) => qos(pod, asList(limitRanges)),
      },
    ],
  },
];

/**
 * The resources of a container as it will run: a missing request is the limit, then the LimitRanges of its namespace
 * fill what is still missing. The API server does both on Pods and not in templates. What is zero or no quantity is
 * left out: to Kubernetes it is not set.
 */
export function effectiveResources(container: Value | undefined, limitRanges: readonly Value[]): Resources {
  const { requests, limits } = filled(container, limitRanges);
  return { requests: positive(requests), limits: positive(limits) };
}

function filled(container: Value | undefined, limitRanges: readonly Value[]): Resources {
  const written = asMap(asMap(container)['resources']);
  const limits = amounts(written['limits']);
  const own: Resources = { limits, requests: { ...limits, ...amounts(written['requests']) } };
  if (limitRanges.length === 0) return own;
  return limitRanges.flatMap(containerDefaults).reduce(
    (resources, defaults) => ({
      limits: { ...defaults.limits, ...resources.limits },
      requests: { ...defaults.requests, ...resources.requests },
    }),
    own,
  );
}

/** The defaults of a LimitRange for containers, which themselves default to its max and min as in the API server. */
function containerDefaults(limitRange: Value): readonly Resources[] {
  return asList(asMap(asMap(limitRange)['spec'])['limits'])
    .map(asMap)
    .filter((item) => item['type'] === 'Container')
    .map((item) => {
      const limits = { ...amounts(item['max']), ...amounts(item['default']) };
      return { limits, requests: { ...amounts(item['min']), ...limits, ...amounts(item['defaultRequest']) } };
    });
}

/**
 * The class of a Pod, or of the Pod that a template becomes: by its own `spec.resources` where they say anything, else
 * by those of all app, init and sidecar containers. Only cpu and memory count, and quantities, not their spelling.
 */
export function qos(pod: Value | undefined, limitRanges: readonly Value[]): QosClass {
  const spec = asMap(asMap(pod)['spec']);
  const containers = [...asList(spec['containers']), ...asList(spec['initContainers'])];
  const podLevel = podResources(spec);
  return classOf(podLevel ? [podLevel] : containers.map((container) => effectiveResources(container, limitRanges)));
}

function classOf(all: readonly Resources[]): QosClass {
  if (all.every(({ requests, limits }) => COMPUTE.every((name) => !requests[name] && !limits[name])))
    return 'BestEffort';
  return all.every((resources) => COMPUTE.every((name) => isReserved(resources, name))) ? 'Guaranteed' : 'Burstable';
}

const COMPUTE = ['cpu', 'memory'] as const;

function isReserved({ requests, limits }: Resources, name: string): boolean {
  const request = quantity(requests[name]);
  const limit = quantity(limits[name]);
  return request !== undefined && limit !== undefined && compareQuantities(request, limit) === 0;
}

/** Pod-level resources; a request that is missing there is what the containers request together, else the limit. */
function podResources(spec: JsonMap): Resources | undefined {
  const written = asMap(spec['resources']);
  const limits = amounts(written['limits']);
  const requests = amounts(written['requests']);
  if (Object.keys(limits).length + Object.keys(requests).length === 0) return undefined;
  return { limits: positive(limits), requests: positive({ ...limits, ...podLevelRequests(spec), ...requests }) };
}

/** What the containers of a Pod spec request together of cpu and memory; nothing of what none of them requests. */
export function podLevelRequests(spec: JsonMap): Amounts {
  return Object.fromEntries(COMPUTE.flatMap((name) => requestedTogether(spec, name)));
}

/**
 * What the containers need at most at one time: all app containers and sidecars, or an init container beside the
 * sidecars that were started before it. No entry where nobody requests anything.
 */
function requestedTogether(spec: JsonMap, name: string): readonly (readonly [string, string])[] {
  const needs = (container: Value) => quantity(filled(container, []).requests[name]);
  let sidecars: Quantity | undefined;
  let peak: Quantity | undefined;
  for (const container of asList(spec['initContainers'])) {
    const beside = sum(sidecars, needs(container));
    peak = larger(peak, beside);
    if (asMap(container)['restartPolicy'] === 'Always') sidecars = beside;
  }
  const running = asList(spec['containers']).map(needs).reduce(sum, sidecars);
  const most = larger(peak, running);
  return most === undefined ? [] : [[name, canonical(most)]];
}

function sum(a: Quantity | undefined, b: Quantity | undefined): Quantity | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const total = addQuantities(a, b, false);
  return total instanceof Quantity ? total : a;
}

function larger(a: Quantity | undefined, b: Quantity | undefined): Quantity | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareQuantities(a, b) < 0 ? b : a;
}

/** Quantities of an object, numbers (`cpu: 2`) as text. */
function amounts(value: Value | undefined): Amounts {
  const given = asMap(value);
  const texts: Record<string, string> = {};
  for (const name of Object.keys(given)) if (given[name] !== null) texts[name] = String(given[name]);
  return texts;
}

function positive(given: Amounts): Amounts {
  const kept: Record<string, string> = {};
  for (const name in given) if ((quantity(given[name])?.sign ?? 0) > 0) kept[name] = given[name] as string;
  return kept;
}

// The same few amounts stand in every container, and several rules read them.
const parsed = new Map<string, Quantity | undefined>();
const MOST_PARSED = 500;
const LONGEST_PARSED = 50;

function quantity(amount: string | undefined): Quantity | undefined {
  if (amount === undefined) return undefined;
  const known = parsed.get(amount);
  if (known !== undefined || parsed.has(amount)) return known;
  const result = parseQuantity(amount);
  const value = result instanceof Quantity ? result : undefined;
  if (parsed.size >= MOST_PARSED) parsed.clear();
  if (amount.length <= LONGEST_PARSED) parsed.set(amount, value);
  return value;
}

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
