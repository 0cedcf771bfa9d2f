/** Events of `events.k8s.io/v1`, which `kubectl describe` shows under the object that they regard. */
import type { KubeConfig } from '@kubernetes/client-node';
import { patchJson, postJson } from './client.ts';
import {
  type EventDraft,
  type EventLimits,
  type EventOutcome,
  type EventQueue,
  type EventSink,
  eventQueue,
} from './event-queue.ts';
import { microTime } from './micro-time.ts';

export interface EventWriterOptions {
  /** The name of this pod. */
  readonly instance: string;
  readonly observe: (outcome: EventOutcome) => void;
  readonly limits?: EventLimits;
}

// An Event that does not get through at once is not worth a second connection.
const TIMEOUT_MS = 5000;

/** Writes what it is offered, in the background and within limits; needs `create` and `patch` on events. */
export function eventWriter(config: KubeConfig, { instance, observe, limits }: EventWriterOptions): EventQueue {
  return eventQueue(eventSink(config, instance), observe, limits);
}

function eventSink(config: KubeConfig, instance: string): EventSink {
  return {
    create: async (draft) => {
      const event = eventOf(draft, instance);
      await postJson(config, pathOf(draft), event, AbortSignal.timeout(TIMEOUT_MS));
      return event.metadata.name;
    },
    repeat: async (draft, name, count) => {
      const series = { count, lastObservedTime: microTime() };
      const patch = { type: 'application/merge-patch+json', value: { series } };
      await patchJson(config, `${pathOf(draft)}/${name}`, patch, AbortSignal.timeout(TIMEOUT_MS));
    },
  };
}

function eventOf({ regarding, ...said }: EventDraft, instance: string) {
  const { namespace, uid, ...rest } = regarding;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: nameFor(regarding.name), namespace: namespaceOf(namespace) },
    regarding: { ...rest, ...(uid !== '' && { uid }), ...(namespace !== '' && { namespace }) },
    ...said,
    eventTime: microTime(),
    reportingController: 'tidegate.dev/tidegate',
    reportingInstance: instance.slice(0, 128),
  };
}

function pathOf({ regarding }: EventDraft): string {
  return `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespaceOf(regarding.namespace))}/events`;
}

/** Events on objects without a namespace are kept where client-go keeps them. */
function namespaceOf(namespace: string): string {
  return namespace === '' ? 'default' : namespace;
}

/** A DNS subdomain, which names of roles, for one, are not. */
function nameFor(name: string): string {
  const stem = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, 200)
    .replace(/[.-]+$/, '');
  return `${stem || 'event'}.${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`;
}
