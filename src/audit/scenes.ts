/** Each given object as the request that applying it would send, with all the others around it. */
import type { Request } from '../engine/decision.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import { exceptionsAmong } from './exceptions.ts';
import { givenObjects } from './given-objects.ts';
import { customKinds } from './kinds.ts';
import type { Given, GivenObject } from './manifests.ts';
import { requestOf } from './request.ts';
import type { WrittenContext } from './written.ts';

/** One object, about to be judged. */
export interface Scene {
  readonly given: GivenObject;
  readonly request: Request;
  readonly context: WrittenContext;
}

export interface Scenes {
  /** One for each object, in their order. */
  readonly scenes: readonly Scene[];
  /** All PolicyExceptions: those given before, and those among the objects. */
  readonly exceptions: readonly ExceptionSource[];
  /** What is wrong with those among the objects. */
  readonly problems: readonly Problem[];
}

/** The objects are the cluster for each other; of two with one name a file sees its own. `now` is in milliseconds of the epoch. */
export function scenesOf(
  given: Given,
  now: number,
  exceptions: readonly ExceptionSource[] = [],
  proofs?: number,
): Scenes {
  const { manifests, beside = [], knows, kubernetesVersion } = given;
  const among = exceptionsAmong([...manifests, ...beside]);
  const all = [...exceptions, ...among.exceptions];
  const granted = all.map(({ exception }) => exception);
  const custom = customKinds(manifests.map((manifest) => manifest.object));
  const others = beside.map((object) => requestOf(object, custom));
  const requests = manifests.map((manifest) => requestOf(manifest, custom));
  const byFile = Map.groupBy(requests, (_, index) => manifests[index]?.file);
  const cluster = givenObjects([...others, ...requests], knows);
  const seenFrom = new Map([...byFile].map(([file, own]) => [file, cluster.near(own)]));
  const scenes = manifests.map((manifest, index): Scene => {
    const request = requests[index] as Request;
    const seen = seenFrom.get(manifest.file) ?? cluster;
    const context = {
      namespace: seen.namespaceOf(request),
      lookup: seen,
      written: manifest.object,
      exceptions: granted,
      now,
      ...(proofs !== undefined && { proofs }),
      ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    };
    return { given: manifest, request, context };
  });
  return { scenes, exceptions: all, problems: among.problems };
}
