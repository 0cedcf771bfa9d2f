/** What the chart tells a replica of an installation; without a namespace, `serve` is none. */
import type { Problem } from '../policy/problem.ts';
import { choice, integer, readOption, text } from './option.ts';

export interface ReplicaConfig {
  readonly namespace: string;
  /** Who it is in the Lease. */
  readonly pod: string;
  /** Name of the Service, the Lease and both webhook configurations. */
  readonly installation: string;
  /** Made by ourselves and kept in a Secret, or files that somebody else puts into the folder of the certificates. */
  readonly certificates: 'self-managed' | 'files';
  /** Where the API server calls in place of the Service: for a replica outside the cluster. Without a slash at its end. */
  readonly url: string | undefined;
  /** Of the loopback; undefined where nobody wants a dashboard. */
  readonly dashboardPort: number | undefined;
}

const NAMESPACE = text({ env: 'TIDEGATE_NAMESPACE' }, '');
const POD = text({ env: 'TIDEGATE_POD' }, '');
const INSTALLATION = text({ env: 'TIDEGATE_INSTALLATION' }, 'tidegate');
const CERTIFICATES = choice({ env: 'TIDEGATE_CERTIFICATES' }, ['self-managed', 'files'], 'self-managed');
const DASHBOARD_PORT = integer({ env: 'TIDEGATE_DASHBOARD_PORT' }, 0, { from: 0, to: 65_535 });
const URL_OF_WEBHOOK = text({ env: 'TIDEGATE_WEBHOOK_URL' }, '');

/** Undefined where `serve` is no replica, and where something is wrong: `problems` then says what. */
export function readReplica(
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): ReplicaConfig | undefined {
  if (!env['TIDEGATE_NAMESPACE']) return undefined;
  const found: Problem[] = [];
  const from = { flags: {}, env };
  const config: ReplicaConfig = {
    namespace: readOption(NAMESPACE, from, found),
    pod: readOption(POD, from, found),
    installation: readOption(INSTALLATION, from, found),
    certificates: readOption(CERTIFICATES, from, found),
    url: readOption(URL_OF_WEBHOOK, from, found) || undefined,
    dashboardPort: readOption(DASHBOARD_PORT, from, found) || undefined,
  };
  found.push(...wrongNames(config), ...wrongUrl(config.url));
  problems.push(...found);
  return found.length === 0 ? Object.freeze(config) : undefined;
}

// RFC 1123: a label for what becomes a part of a host name, a subdomain for the name of a Pod.
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function wrongNames({ namespace, pod, installation }: ReplicaConfig): readonly Problem[] {
  const message = (what: string, given: string): string =>
    given === '' ? `must be ${what} where TIDEGATE_NAMESPACE is set` : `must be ${what}, is "${given}"`;
  return [
    ...(LABEL.test(namespace) ? [] : [{ file: 'TIDEGATE_NAMESPACE', message: message('a namespace', namespace) }]),
    ...(SUBDOMAIN.test(pod) ? [] : [{ file: 'TIDEGATE_POD', message: message('the name of this Pod', pod) }]),
    ...(LABEL.test(installation)
      ? []
      : [{ file: 'TIDEGATE_INSTALLATION', message: message('the name of a Service', installation) }]),
  ];
}

function wrongUrl(url: string | undefined): readonly Problem[] {
  if (url === undefined || /^https:\/\/[^/?#@]+(\/[^?#]*[^/?#])?$/.test(url)) return [];
  const message = `must begin with https:// and have no user, query or slash at its end, is "${url}"`;
  return [{ file: 'TIDEGATE_WEBHOOK_URL', message }];
}
