/** The webhook configurations of an installation, kept by the elected replica and emptied by the last one. */
import { setTimeout as wait } from 'node:timers/promises';
import type { CertificateSource } from '../certs/source.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Connection } from '../kube/client.ts';
import { readSlices, readyPods, slicesIn } from '../kube/endpoints.ts';
import { informer } from '../kube/informer.ts';
import { ownUserName } from '../kube/self.ts';
import { webhookConfigurations } from '../kube/webhook-configuration.ts';
import { keepRegistered, type Registration, type RegistrationEvents } from '../leader/registration.ts';
import { webhookLists } from '../leader/webhook-list.ts';
import { errorMessage } from '../policy/problem.ts';
import type { WebhookSettings } from '../policy/settings.ts';
import type { Log } from '../telemetry/log.ts';
import type { Recorder } from '../telemetry/recorder.ts';

export interface RegistrationParts {
  readonly kube: Connection;
  readonly replica: ReplicaConfig;
  readonly settings: WebhookSettings;
  readonly elected: () => boolean;
  /** Undefined before the policies are known. */
  readonly set: () => PolicySet | undefined;
  /** Undefined before there is a certificate that lasts. */
  readonly certificates: () => CertificateSource | undefined;
  /** Whether this very replica could answer. */
  readonly ready: () => boolean;
  readonly recorder: Recorder;
  readonly log: Log;
}

export interface ReplicaRegistration extends Registration {
  /** To be called when this replica is about to end: where no other is ready, API servers ask nobody from then on. */
  leave(): Promise<void>;
  /** Names of the replicas that are ready, as the Service's endpoints have them. */
  readyReplicas(): readonly string[];
  /** Calls `listener` whenever these are others. */
  onReadyReplicas(listener: () => void): void;
}

const LEAVE_MS = 3_000;
// API servers hear of it by watch, in much less: until then they still ask.
const HEARD_MS = 1_000;

/** Watches the objects and the endpoints; writes nothing before it is elected. */
export function openRegistration(parts: RegistrationParts): ReplicaRegistration {
  const { kube, replica, elected, log } = parts;
  const { namespace, installation: name } = replica;
  const warn = (reason: string): void => log.warn({ reason }, 'cannot watch what is registered');
  const objects = webhookConfigurations(kube, name, warn);
  const slices = informer(kube, slicesIn(namespace), ({ message }) => warn(message));
  const self = knowOurselves(kube);
  const service = { namespace, name };
  const listsFor = forLatest((set: PolicySet, caBundle: string, user: string | undefined) => {
    const installation = { name, namespace, url: replica.url, user };
    return webhookLists({ set, settings: parts.settings, caBundle, installation });
  });

  const registration = keepRegistered({
    registrar: objects,
    elected,
    answered: () => {
      const known = slices.list(namespace) ?? [];
      // Outside the cluster there is no Service: our own word has to do.
      if (replica.url !== undefined && known.length === 0) return parts.ready();
      return readyPods(known, service).length > 0;
    },
    wanted: () => {
      const [set, certificates, user] = [parts.set(), parts.certificates(), self.current()];
      if (set === undefined || certificates === undefined || user === undefined) return undefined;
      const { ca: caBundle = '' } = certificates.current();
      return { lists: listsFor(set, caBundle, user.name), caBundle };
    },
    events: eventsTo(parts),
  });
  objects.onChange(registration.note);
  slices.onChange(registration.note);
  void self.known.then(registration.note);

  const readyReplicas = (): readonly string[] => readyPods(slices.list(namespace) ?? [], service);
  const lastOne = async (): Promise<boolean> => {
    const others = readyPods(await readSlices(kube, namespace), service).filter((pod) => pod !== replica.pod);
    return others.length === 0;
  };
  return {
    ...registration,
    readyReplicas,
    onReadyReplicas: (listener) => {
      let known = '';
      slices.onChange(() => {
        const now = readyReplicas().toSorted().join();
        if (now !== known) listener();
        known = now;
      });
    },
    leave: async () => {
      const late = wait(LEAVE_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer')));
      try {
        if (!(await Promise.race([late, lastOne()]))) return;
        await Promise.race([late, registration.empty()]);
        await wait(HEARD_MS);
      } catch (error) {
        log.warn({ reason: errorMessage(error) }, 'webhooks may be left filled');
      }
    },
    stop: () => {
      registration.stop();
      objects.stop();
      slices.stop();
      self.stop();
    },
  };
}

/** Makes anew only what other arguments ask for: there is a look every few seconds, and lists take milliseconds of the requests' time. */
function forLatest<Given extends readonly unknown[], Made>(make: (...given: Given) => Made): (...given: Given) => Made {
  let latest: { readonly given: Given; readonly made: Made } | undefined;
  return (...given) => {
    if (latest === undefined || given.some((each, index) => each !== latest?.given[index])) {
      latest = { given, made: make(...given) };
    }
    return latest.made;
  };
}

function eventsTo({ log, recorder }: RegistrationParts): RegistrationEvents {
  return {
    filled: (webhooks) => log.info({ webhooks }, 'webhooks filled'),
    emptied: () => log.info({}, 'webhooks emptied'),
    missing: (kind) => log.warn({ kind }, 'there is no such webhook configuration: nobody will ask'),
    problem: (reason) => log.warn({ reason }, 'cannot write webhook configurations'),
    applied: (ok) => recorder.observeApply(ok),
  };
}

const RETRY_MS = 2_000;

/** Our own user name, once the API server has said it, or that we may not ask. */
function knowOurselves(kube: Connection) {
  const stopped = new AbortController();
  let current: { readonly name: string | undefined } | undefined;
  const ask = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(RETRY_MS)]);
        current = { name: await ownUserName(kube, signal) };
        return;
      } catch {
        await wait(RETRY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  };
  return { current: () => current, known: ask(), stop: () => stopped.abort() };
}
