/** What the API server serves: kinds, the paths that they are read by, and what may be done with them. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJson, type JsonObject, StatusError } from './client.ts';

export interface ServedResource {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The plural, as paths have it; never a subresource. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** The other names that kubectl knows it by: `deploy`, `deployment`. */
  readonly shortNames: readonly string[];
}

export interface Discovery {
  /** Every version of every kind: of each group, the version that the API server prefers comes first. */
  readonly resources: readonly ServedResource[];
  /** The groups of which not everything is known, each with its reason: the server behind an APIService does not answer. */
  readonly broken: readonly BrokenGroup[];
}

export interface BrokenGroup {
  readonly group: string;
  readonly message: string;
}

// In one answer for each of the two roots (Kubernetes 1.26 and later); older ones answer in the last form.
const AGGREGATED = ['v2', 'v2beta1'].map(
  (v) => `application/json;g=apidiscovery.k8s.io;v=${v};as=APIGroupDiscoveryList`,
);
const ACCEPT = [...AGGREGATED, 'application/json'].join(',');

/**
 * Asks the cluster what it serves. A group that does not answer is named and the others are there all the same; rejects as
 * getJson does where the API server itself does not.
 */
export async function discover(config: KubeConfig, signal?: AbortSignal): Promise<Discovery> {
  // One after the other: this is the first that is asked, and a plugin that logs somebody in is to run once.
  const core = await discoverRoot(config, '/api', signal);
  const groups = await discoverRoot(config, '/apis', signal);
  return { resources: [...core.resources, ...groups.resources], broken: [...core.broken, ...groups.broken] };
}

async function discoverRoot(config: KubeConfig, root: string, signal?: AbortSignal): Promise<Discovery> {
  const answer = await getJson(config, root, signal, ACCEPT);
  if (answer['kind'] === 'APIGroupDiscoveryList') return aggregated(answer as unknown as GroupDiscoveryList);
  const versions = groupVersions(answer);
  const lists = await Promise.all(versions.map((version) => discoverVersion(config, root, version, signal)));
  return {
    resources: lists.flatMap(({ resources }) => resources),
    broken: lists.flatMap(({ broken }) => broken),
  };
}

/** `APIGroupDiscoveryList` of apidiscovery.k8s.io, as far as it is read. */
interface GroupDiscoveryList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly ResourceDiscovery[];
    }[];
  }[];
}

interface ResourceDiscovery {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope?: string;
  readonly singularResource?: string;
  readonly shortNames?: readonly string[];
  readonly verbs?: readonly string[];
}

function aggregated({ items = [] }: GroupDiscoveryList): Discovery {
  const groups = items.map(({ metadata, versions = [] }) => ({ group: metadata?.name ?? '', versions }));
  return {
    resources: groups.flatMap(({ group, versions }) =>
      versions.flatMap(({ version, resources = [] }) =>
        resources.map((resource) => describedResource(apiVersionOf(group, version), resource)),
      ),
    ),
    broken: groups.flatMap(({ group, versions }) =>
      versions
        .filter(({ freshness }) => freshness === 'Stale')
        .map(({ version }) => ({
          group,
          message: `the server that serves ${apiVersionOf(group, version)} does not answer`,
        })),
    ),
  };
}

function describedResource(apiVersion: string, described: ResourceDiscovery): ServedResource {
  const { resource, responseKind, scope, singularResource, shortNames = [], verbs = [] } = described;
  return {
    apiVersion,
    kind: responseKind?.kind ?? '',
    resource,
    namespaced: scope === 'Namespaced',
    verbs,
    shortNames: [...shortNames, ...(singularResource ? [singularResource] : [])],
  };
}

/** Of an `APIVersions` or an `APIGroupList`, the preferred version of each group first. */
function groupVersions(answer: JsonObject): readonly string[] {
  const { versions, groups } = answer as {
    readonly versions?: readonly string[];
    readonly groups?: readonly {
      readonly preferredVersion?: { readonly groupVersion: string };
      readonly versions?: readonly { readonly groupVersion: string }[];
    }[];
  };
  if (groups === undefined) return versions ?? [];
  return groups.flatMap((group) => [
    ...new Set([group.preferredVersion, ...(group.versions ?? [])].flatMap((version) => version?.groupVersion ?? [])),
  ]);
}

interface ListedResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced?: boolean;
  readonly singularName?: string;
  readonly shortNames?: readonly string[];
  readonly verbs?: readonly string[];
}

async function discoverVersion(
  config: KubeConfig,
  root: string,
  apiVersion: string,
  signal?: AbortSignal,
): Promise<Discovery> {
  try {
    const answer = await getJson(config, `${root}/${apiVersion}`, signal);
    const listed = (answer['resources'] ?? []) as unknown as readonly ListedResource[];
    const own = listed.filter(({ name }) => !name.includes('/'));
    return { resources: own.map((resource) => listedResource(apiVersion, resource)), broken: [] };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return { resources: [], broken: [{ group, message: `${apiVersion} does not answer: ${error.message}` }] };
  }
}

function listedResource(apiVersion: string, listed: ListedResource): ServedResource {
  const { name, kind, namespaced = false, singularName, shortNames = [], verbs = [] } = listed;
  const names = [...shortNames, ...(singularName ? [singularName] : [])];
  return { apiVersion, kind, resource: name, namespaced, verbs, shortNames: names };
}

function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
