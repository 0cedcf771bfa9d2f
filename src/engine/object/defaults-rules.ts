/** The defaults that depend on other fields. Each returns the very same object where nothing is missing. */
import type { JsonMap, Value } from '../../cel/value.ts';
import { parseImage } from '../library/image.ts';
import { podLevelRequests } from '../library/qos.ts';
import { isJsonMap } from './equal.ts';

export type Rule = (map: JsonMap) => JsonMap;

/** The map with these members where it has none of that name, or null. */
function filledWith(map: JsonMap, defaults: JsonMap): JsonMap {
  const missing = Object.entries(defaults).filter(([field]) => map[field] === undefined || map[field] === null);
  return missing.length === 0 ? map : { ...map, ...Object.fromEntries(missing) };
}

/** The map with `update` applied to one of its members that is an object. */
function updated(map: JsonMap, field: string, update: Rule): JsonMap {
  const inner = map[field];
  const next = isJsonMap(inner) ? update(inner) : inner;
  return next === undefined || next === inner ? map : { ...map, [field]: next };
}

/** The map with `update` applied to the objects in one of its members that is a list. */
function updatedItems(map: JsonMap, field: string, update: Rule): JsonMap {
  const list = map[field];
  if (!Array.isArray(list)) return map;
  const items = list.map((item: Value) => (isJsonMap(item) ? update(item) : item));
  return items.every((item, index) => item === list[index]) ? map : { ...map, [field]: items };
}

/** The Pod spec with `update` applied to its containers, but for ephemeral ones. */
function updatedContainers(spec: JsonMap, update: Rule): JsonMap {
  return updatedItems(updatedItems(spec, 'containers', update), 'initContainers', update);
}

const asMap = (value: Value | undefined): JsonMap => (isJsonMap(value) ? value : {});
const isEmpty = (value: Value | undefined): boolean => Object.keys(asMap(value)).length === 0;

/** `cpu: 2` as `cpu: "2"`. */
export const textQuantities: Rule = (amounts) =>
  Object.values(amounts).some((amount) => typeof amount === 'number')
    ? Object.fromEntries(
        Object.entries(amounts).map(([name, amount]) => [name, typeof amount === 'number' ? String(amount) : amount]),
      )
    : amounts;

// What container runtimes take for a reference: the path in small letters.
const REFERENCE =
  /^(?:[^/\s@]+\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]*)?(?:@[\w+.:-]+)?$/;

/** `latest`, written or meant, is pulled always. What cannot be parsed has no tag at all. */
function policyFor(reference: Value | undefined): string {
  if (typeof reference !== 'string' || !REFERENCE.test(reference)) return 'IfNotPresent';
  const { tag, digest } = parseImage(reference);
  const latest = tag === 'latest' || (tag === '' && digest === '' && !reference.includes('@'));
  return latest ? 'Always' : 'IfNotPresent';
}

export const pullPolicy: Rule = (container) =>
  container['imagePullPolicy'] ? container : { ...container, imagePullPolicy: policyFor(container['image']) };

export const imageVolumePolicy: Rule = (volume) =>
  updated(volume, 'image', (image) =>
    image['pullPolicy'] ? image : { ...image, pullPolicy: policyFor(image['reference']) },
  );

/** A volume that says nothing of where it is from. */
export const directoryOfNothing: Rule = (volume) =>
  Object.entries(volume).every(([field, value]) => field === 'name' || value === null)
    ? { ...volume, emptyDir: {} }
    : volume;

/** The old name of serviceAccountName; both are always there. */
export const serviceAccount: Rule = (spec) => {
  const name = spec['serviceAccountName'] || spec['serviceAccount'];
  if (!name || (spec['serviceAccountName'] === name && spec['serviceAccount'] === name)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
};

/** Of Pods only, never of templates. */
export const requestsFromLimits: Rule = (spec) =>
  updatedContainers(spec, (container) =>
    updated(container, 'resources', (resources) => {
      if (isEmpty(resources['limits'])) return resources;
      const requests = asMap(resources['requests']);
      const complete = filledWith(requests, asMap(resources['limits']));
      return complete === requests ? resources : { ...resources, requests: complete };
    }),
  );

/** Pod-level requests, where there are Pod-level limits: the sum of the containers', else the limits. */
export const podRequests: Rule = (spec) =>
  updated(spec, 'resources', (resources) => {
    const limits = asMap(resources['limits']);
    if (isEmpty(limits)) return resources;
    const requests = asMap(resources['requests']);
    const complete = filledWith(filledWith(requests, podLevelRequests(spec)), limits);
    return complete === requests ? resources : { ...resources, requests: complete };
  });

/** On the node's network every port is one of the node. Of Pods only. */
export const hostPorts: Rule = (spec) =>
  spec['hostNetwork'] === true
    ? updatedContainers(spec, (container) =>
        updatedItems(container, 'ports', (port) =>
          port['hostPort'] || !port['containerPort'] ? port : { ...port, hostPort: port['containerPort'] },
        ),
      )
    : spec;

export const deploymentRollout: Rule = (spec) => rollout(spec, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' });

export const daemonSetRollout: Rule = (spec) => rollout(spec, 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 });

function rollout(spec: JsonMap, field: string, defaults: JsonMap): JsonMap {
  return updated(spec, field, (strategy) => {
    const typed = strategy['type'] ? strategy : { ...strategy, type: 'RollingUpdate' };
    if (typed['type'] !== 'RollingUpdate') return typed;
    const rolling = asMap(typed['rollingUpdate']);
    const complete = filledWith(rolling, defaults);
    return complete === typed['rollingUpdate'] ? typed : { ...typed, rollingUpdate: complete };
  });
}

/** Unlike the others it has no rollingUpdate where only its type is written. */
export const statefulSetRollout: Rule = (spec) =>
  isJsonMap(spec['updateStrategy']) &&
  spec['updateStrategy']['type'] &&
  !isJsonMap(spec['updateStrategy']['rollingUpdate'])
    ? spec
    : rollout(spec, 'updateStrategy', { partition: 0 });

/** The labels of an object are those of its template where it has none of its own. */
export const labelled: Rule = (object) => {
  const labels = asMap(asMap(asMap(asMap(object['spec'])['template'])['metadata'])['labels']);
  const metadata = asMap(object['metadata']);
  return isEmpty(labels) || !isEmpty(metadata['labels']) ? object : { ...object, metadata: { ...metadata, labels } };
};

/** So is the selector of a ReplicationController. */
export const selecting: Rule = (spec) => {
  const labels = asMap(asMap(asMap(spec['template'])['metadata'])['labels']);
  return isEmpty(labels) || !isEmpty(spec['selector']) ? spec : { ...spec, selector: labels };
};

// The greatest 32-bit integer: with a limit for each index there is none for all together.
const UNLIMITED = 2 ** 31 - 1;

export const completions: Rule = (spec) => {
  const alone = spec['parallelism'] === undefined && spec['completions'] === undefined;
  return filledWith(spec, {
    ...(alone && { completions: 1 }),
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : UNLIMITED,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
};

export const servicePort: Rule = (port) =>
  port['targetPort'] || port['port'] === undefined ? port : { ...port, targetPort: port['port'] };

// Three hours.
const AFFINITY_SECONDS = 10_800;

export const serviceTraffic: Rule = (spec) => {
  const { type, sessionAffinity, externalIPs } = spec;
  const external =
    type === 'LoadBalancer' ||
    type === 'NodePort' ||
    (type === 'ClusterIP' && Array.isArray(externalIPs) && externalIPs.length > 0);
  return filledWith(spec, {
    ...(sessionAffinity === 'ClientIP' && {
      sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } },
    }),
    ...(external && { externalTrafficPolicy: 'Cluster' }),
    ...(type !== 'ExternalName' && { internalTrafficPolicy: 'Cluster' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
  });
};

export const nameLabel: Rule = (namespace) => {
  const metadata = asMap(namespace['metadata']);
  const name = metadata['name'];
  const labels = asMap(metadata['labels']);
  const label = 'kubernetes.io/metadata.name';
  if (!name || labels[label] === name) return namespace;
  return { ...namespace, metadata: { ...metadata, labels: { ...labels, [label]: name } } };
};

/** stringData is only a way to write data. */
export const secretData: Rule = (secret) => {
  const { stringData, ...rest } = secret;
  if (!isJsonMap(stringData)) return secret;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  return { ...rest, data: { ...asMap(secret['data']), ...Object.fromEntries(encoded) } };
};

/** Of containers: what is not given follows from the limits that are. */
export const limitRangeItem: Rule = (item) => {
  const given = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].reduce(
    (all, field) => updated(all, field, textQuantities),
    item,
  );
  if (given['type'] !== 'Container') return given;
  const limits = filledWith(asMap(given['default']), asMap(given['max']));
  const requests = filledWith(filledWith(asMap(given['defaultRequest']), limits), asMap(given['min']));
  return {
    ...given,
    ...(!isEmpty(limits) && { default: limits }),
    ...(!isEmpty(requests) && { defaultRequest: requests }),
  };
};

const BY_CPU = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
];
const PERIOD = { periodSeconds: 15 };
const BY_PERCENT = { type: 'Percent', value: 100, ...PERIOD };
const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, ...PERIOD }, BY_PERCENT],
};
const SCALE_DOWN = { selectPolicy: 'Max', policies: [BY_PERCENT] };

export const autoscaled: Rule = (object) =>
  updated(object, 'spec', (spec) => {
    const first = object['apiVersion'] === 'autoscaling/v1';
    if (first) return filledWith(spec, { minReplicas: 1, targetCPUUtilizationPercentage: 80 });
    const metrics = Array.isArray(spec['metrics']) && spec['metrics'].length > 0 ? spec : { ...spec, metrics: BY_CPU };
    return updated(filledWith(metrics, { minReplicas: 1 }), 'behavior', (behavior) =>
      updated(
        updated(filledWith(behavior, { scaleUp: {}, scaleDown: {} }), 'scaleUp', (rules) =>
          filledWith(rules, SCALE_UP),
        ),
        'scaleDown',
        (rules) => filledWith(rules, SCALE_DOWN),
      ),
    );
  });

export const networkPolicyTypes: Rule = (spec) => {
  if (Array.isArray(spec['policyTypes']) && spec['policyTypes'].length > 0) return spec;
  const egress = Array.isArray(spec['egress']) && spec['egress'].length > 0;
  return { ...spec, policyTypes: egress ? ['Ingress', 'Egress'] : ['Ingress'] };
};
