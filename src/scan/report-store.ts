/** The PolicyReports of a cluster, by the API server: ours alone, told by their label and their name. */
import { serverSideApply } from '../kube/apply.ts';
import { type Connection, deleteJson, getJson, StatusError } from '../kube/client.ts';
import { collectionPath, objectPath } from '../kube/collection.ts';
import type { Discovery } from '../kube/discovery.ts';
import { REPORT_NAME, type ReportGroup } from '../report/policy-report.ts';
import { FINDINGS, HASH, type ReportStore, type StoredReport } from './report-writer.ts';

/** Of everything that the scan writes. */
export const FIELD_MANAGER = 'tidegate-scan';

interface Kinds {
  readonly apiVersion: string;
  readonly namespaced: string;
  readonly cluster: string;
}

const KINDS: Readonly<Record<ReportGroup, Kinds>> = {
  'openreports.io': { apiVersion: 'openreports.io/v1alpha1', namespaced: 'reports', cluster: 'clusterreports' },
  'wgpolicyk8s.io': {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    namespaced: 'policyreports',
    cluster: 'clusterpolicyreports',
  },
};

/** The groups of reports that the cluster serves, the present one first. */
export function servedReports({ resources }: Discovery): readonly ReportGroup[] {
  return (Object.keys(KINDS) as ReportGroup[]).filter((group) => {
    const { apiVersion, namespaced } = KINDS[group];
    return resources.some((one) => one.apiVersion === apiVersion && one.resource === namespaced);
  });
}

// As they are listed: without what they say.
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const LABEL = 'app.kubernetes.io/managed-by=tidegate';
const PAGE = 500;
const APPLY_MS = 10_000;

/** Rejects as the requests of client.ts do. */
export function reportStore(kube: Connection, group: ReportGroup): ReportStore {
  const { apiVersion, namespaced, cluster } = KINDS[group];
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
        for await (const metadata of metadataOf(kube, path, signal))
          if (isOurs(metadata)) found.push(storedOf(metadata));
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

async function* metadataOf(kube: Connection, path: string, signal: AbortSignal): AsyncGenerator<Metadata> {
  let next = '';
  do {
    const query = new URLSearchParams({
      labelSelector: LABEL,
      limit: String(PAGE),
      ...(next !== '' && { continue: next }),
    });
    const page = await getJson(kube, `${path}?${query}`, signal, METADATA_ONLY);
    for (const { metadata } of (page['items'] ?? []) as unknown as readonly { metadata: Metadata }[]) yield metadata;
    next = (page['metadata'] as { readonly continue?: string } | undefined)?.continue ?? '';
  } while (next !== '');
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
