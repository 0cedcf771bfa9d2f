/** Events, put together: what findings and broken policies come to, and who writes it. */
import { type BrokenPolicy, brokenPolicyEvent, findingEvents } from '../admission/event.ts';
import type { Connection } from '../kube/client.ts';
import { eventWriter } from '../kube/events.ts';
import type { Settings } from '../policy/settings.ts';
import type { Readings } from '../telemetry/readings.ts';
import type { Recorder } from '../telemetry/recorder.ts';
import type { WebhookParts } from './webhook.ts';

export interface Events {
  /** For the webhook; nothing where the settings turn Events off. */
  readonly parts: Pick<WebhookParts, 'answered'>;
  readonly readings: Readings;
  /** Tells each of them once for each version. */
  tellBroken(policies: readonly (BrokenPolicy & { readonly generation: number; readonly ready: boolean })[]): void;
  stop(): Promise<void>;
}

/** Writes in the background, in the name of this pod. */
export function openEvents(
  kube: Connection,
  instance: string,
  { events: { enabled } }: Settings,
  recorder: Recorder,
): Events {
  if (!enabled) return NO_EVENTS;
  const queue = eventWriter(kube, { instance, observe: (outcome) => recorder.observeEvent(outcome) });
  let told: ReadonlySet<string> = new Set();
  return {
    parts: {
      answered: (door, request, admission) => {
        for (const draft of findingEvents(door, request, admission)) queue.offer(draft);
      },
    },
    readings: { eventQueueLength: () => queue.length() },
    tellBroken: (policies) => {
      const broken = policies.filter(({ ready }) => !ready);
      const versionOf = ({ uid, generation }: (typeof broken)[number]): string => `${uid} ${generation}`;
      for (const policy of broken) if (!told.has(versionOf(policy))) queue.offer(brokenPolicyEvent(policy));
      told = new Set(broken.map(versionOf));
    },
    stop: () => queue.stop(),
  };
}

const NO_EVENTS: Events = {
  parts: {},
  readings: {},
  tellBroken: () => undefined,
  stop: async () => undefined,
};
