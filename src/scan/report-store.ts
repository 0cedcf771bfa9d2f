/** The PolicyReports of a cluster, by the API server: ours alone, told by their label and their name. */
import { serverSideApply } from '../kube/apply.ts';
import { type Connection, deleteJson, StatusError } from '../kube/client.ts';
import { collectionPath, objectPath, pagesOf } from '../kube/collection.ts';
import type { Discovery } from '../kube/discovery.ts';
import { errorMessage } from '../policy/problem.ts';
import { API_VERSIONS, MANAGED_BY, REPORT_NAME, type ReportGroup, SOURCE } from '../report/policy-report.ts';
import { FINDINGS, HASH, type ReportStore, type StoredReport } from './report-writer.ts';

/** Of everything that the scan writes. */
export const FIELD_MANAGER = 'tidegate-scan';

interface Kinds {
  readonly namespaced: string;
  readonly cluster: string;
}

const KINDS: Readonly<Record<ReportGroup, Kinds>> = {
  'openreports.io': { namespaced: 'reports', cluster: 'clusterreports' },
  'wgpolicyk8s.io': { namespaced: 'policyreports', cluster: 'clusterpolicyreports' },
};

/** The groups of reports that the cluster serves, the present one first. */
export function servedReports({ resources }: Discovery): readonly ReportGroup[] {
  return (Object.keys(KINDS) as ReportGroup[]).filter((group) => {
    const { namespaced } = KINDS[group];
    return resources.some((one) => one.apiVersion === API_VERSIONS[group] && one.resource === namespaced);
  });
}

// As they are listed: without what they say.
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const OURS = { labelSelector: `${MANAGED_BY}=${SOURCE}`, accept: METADATA_ONLY };
const APPLY_MS = 10_000;

/** Writes reject as the requests of client.ts do; `list` in words that name the kind. */
export function reportStore(kube: Connection, group: ReportGroup): ReportStore {
  const apiVersion = API_VERSIONS[group];
  const { namespaced, cluster } = KINDS[group];
  const pathOf = (namespace: string | undefined): string =>
    namespace === undefined
      ? objectPath({ apiVersion, resource: cluster, name: REPORT_NAME })
      : objectPath({ apiVersion, resource: namespaced, namespace, name: REPORT_NAME });
  const within = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(APPLY_MS)]);
  return {
    list: async (signal) => {
      const found: StoredReport[] = [];
      for (const resource of [namespaced, cluster]) {
        const path = collectionPath({ apiVersion, resource });
        try {
          for await (const { items } of pagesOf(kube, path, { ...OURS, signal })) {
            found.push(...items.flatMap(({ metadata = {} }) => (isOurs(metadata) ? storedOf(metadata) : [])));
          }
        } catch (error) {
          throw new Error(`${resource}.${group} cannot be listed: ${errorMessage(error)}`, { cause: error });
        }
      }
      return found;
    },
    apply: (report, signal) =>
      serverSideApply(kube, pathOf(report.metadata.namespace), report, {
        fieldManager: FIELD_MANAGER,
        force: true,
        signal: within(signal),
      }),
    remove: (namespace, signal) => deleteJson(kube, pathOf(namespace), within(signal)).catch(unlessGone),
  };
}

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function isOurs({ name }: Metadata): boolean {
  return name === REPORT_NAME;
}

function storedOf({ namespace, annotations = {} }: Metadata): StoredReport {
  return {
    ...(namespace !== undefined && { namespace }),
    hash: annotations[HASH] ?? '',
    findings: countsIn(annotations[FINDINGS]),
  };
}

/** Somebody else may have written there. */
function countsIn(text = '{}'): Readonly<Record<string, number>> {
  try {
    const counts = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(counts.filter(([, count]) => typeof count === 'number'));
  } catch {
    return {};
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof StatusError) || error.statusCode !== 404) throw error;
}
