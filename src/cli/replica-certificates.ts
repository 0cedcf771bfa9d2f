/** The certificates of a replica: those of the Secret that all share, or those that somebody puts into a folder. */
import { issueAuthority, issueLeaf } from '../certs/issue.ts';
import type { RotationStep } from '../certs/rotation.ts';
import { secretStore } from '../certs/secret-store.ts';
import { type WaitingSource, waitForSource } from '../certs/source.ts';
import { directoryStore } from '../certs/store.ts';
import type { SourceEvents } from '../certs/upkeep.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import { type Connection, serverTime } from '../kube/client.ts';
import { ownerService } from '../kube/owner.ts';
import type { Log } from '../telemetry/log.ts';

export interface CertificateParts {
  readonly kube: Connection;
  readonly replica: ReplicaConfig;
  /** Of files. */
  readonly certDir: string;
  readonly elected: () => boolean;
  /** How long API servers have been told of a bundle. */
  readonly inPlaceMs: (bundle: string) => number;
  readonly log: Log;
}

// API servers hear of a changed webhook configuration by watch, within a second. One that does not is cut off from its etcd,
// and cannot let anything in before it is back and has read everything anew. A minute is sixty times what it takes.
const OVERLAP_MS = 60_000;
// What a watch has missed; and how soon after the overlap the next step comes.
const CHECK_MS = 10_000;

/** Begins with one that nobody trusts, for the probes of the node; the real one follows as soon as there is one. */
export async function openCertificates(parts: CertificateParts): Promise<WaitingSource> {
  const { kube, replica, certDir, elected, inPlaceMs, log } = parts;
  const names = namesOf(replica);
  const now = Date.now();
  const provisional = await issueLeaf(await issueAuthority(now), names, now);
  const events = eventsTo(log);
  if (replica.certificates === 'files') {
    const options = { names, events, mayWrite: () => false, checkMs: CHECK_MS };
    return waitForSource(directoryStore(certDir), provisional, options);
  }
  const store = secretStore(kube, {
    namespace: replica.namespace,
    name: `${replica.installation}-certificates`,
    owners: () => ownersOf(kube, replica),
    report: (reason) => log.warn({ reason }, 'cannot watch the certificates'),
  });
  return waitForSource(store, provisional, {
    names,
    events,
    mayWrite: elected,
    // They have to be valid by the clock of those who verify them, whatever ours says.
    clock: () => serverTime(kube),
    inPlaceMs,
    overlapMs: OVERLAP_MS,
    checkMs: CHECK_MS,
  });
}

/** What is called: the Service by each of its names, and the Pod itself by its node. */
function namesOf({ installation, namespace, url }: ReplicaConfig): readonly string[] {
  const service = `${installation}.${namespace}`;
  const called = url === undefined ? [] : [new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')];
  const near = ['localhost', '127.0.0.1', '::1'];
  return [...new Set([...near, installation, service, `${service}.svc`, `${service}.svc.cluster.local`, ...called])];
}

/** An installation without its Service is about to go: what was made for it now would be left. */
export async function ownersOf(kube: Connection, { namespace, installation, url }: ReplicaConfig) {
  const owner = await ownerService(kube, namespace, installation);
  if (owner !== undefined) return [owner];
  if (url !== undefined) return [];
  throw new Error(`there is no Service ${namespace}/${installation}`);
}

const DONE: Readonly<Record<Exclude<RotationStep, 'keep'> | 'restore', string>> = {
  make: 'certificates made',
  'renew leaf': 'serving certificate renewed',
  announce: 'next authority announced',
  adopt: 'serving certificate of the next authority made',
  drop: 'old authority dropped',
  restore: 'certificates put back',
};

function eventsTo(log: Log): SourceEvents {
  return {
    problem: (message) => log.error({}, message),
    stepped: (step) => log.info({}, DONE[step]),
  };
}
