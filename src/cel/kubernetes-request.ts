import { BOOL, DYN, INT, list, map, STRING, struct, TIMESTAMP } from './type.ts';

const KIND = struct('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });

const RESOURCE = struct('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });

const USER_INFO = struct('kubernetes.UserInfo', {
  username: STRING,
  uid: STRING,
  groups: list(STRING),
  extra: map(STRING, list(STRING)),
});

/** `request`: exactly the fields that the API server declares; the objects are variables of their own. */
export const REQUEST_TYPE = struct('kubernetes.AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER_INFO,
  dryRun: BOOL,
  options: DYN,
});

const CONDITION = struct('kubernetes.NamespaceCondition', {
  status: STRING,
  type: STRING,
  lastTransitionTime: TIMESTAMP,
  message: STRING,
  reason: STRING,
});

const METADATA = struct('kubernetes.NamespaceMetadata', {
  name: STRING,
  generateName: STRING,
  namespace: STRING,
  labels: map(STRING, STRING),
  annotations: map(STRING, STRING),
  UID: STRING,
  creationTimestamp: TIMESTAMP,
  deletionGracePeriodSeconds: INT,
  deletionTimestamp: TIMESTAMP,
  generation: INT,
  resourceVersion: STRING,
  finalizers: list(STRING),
});

/** `namespaceObject`: the part of a Namespace that the API server declares. */
export const NAMESPACE_TYPE = struct('kubernetes.Namespace', {
  metadata: METADATA,
  spec: struct('kubernetes.NamespaceSpec', { finalizers: list(STRING) }),
  status: struct('kubernetes.NamespaceStatus', { conditions: list(CONDITION), phase: STRING }),
});
