/** Ephemeral containers come by a subresource of their own: whatever a fix makes of them, no object is created with them. */
export const EPHEMERAL = 'spec.ephemeralContainers: Forbidden: cannot be set on create';

/** A version that Kubernetes has removed: no API server of today has a path for it. */
const NOT_SERVED = '404: ';

/**
 * Fixtures that a file may hold and no API server takes, whatever policy is there, by `policy bad/case`, with what the API
 * server says of each object that it refuses. That it does is asserted in policies.test.ts.
 */
export const REFUSED_BY_SERVER: Readonly<Record<string, string>> = {
  'disallow-best-effort bad/misplaced': 'unknown field "spec.containers[0].resources.cpu"',
  'disallow-deprecated-apis bad/older-cluster': NOT_SERVED,
  'disallow-deprecated-apis bad/removed': NOT_SERVED,
  'disallow-init-container-hooks bad/every-field': 'may not be set for init containers without restartPolicy=Always',
  'disallow-init-container-hooks bad/never-ends': 'may not be set for init containers without restartPolicy=Always',
  'disallow-init-container-hooks bad/restarted-on-failure':
    'may not be set for init containers without restartPolicy=Always',
  'disallow-latest-if-not-present bad/ephemeral': EPHEMERAL,
  'disallow-privileged bad/ephemeral': EPHEMERAL,
  'require-liveness-probe bad/no-handler': 'livenessProbe: Required value: must specify a handler type',
  'require-pre-stop bad/no-handler': 'lifecycle.preStop: Required value: must specify a handler type',
  'require-readiness-probe bad/no-handler': 'readinessProbe: Required value: must specify a handler type',
  'require-valid-pull-secrets bad/no-json': 'invalid character',
  'restrict-debug-settings good/ephemeral': EPHEMERAL,
  'restrict-host-path bad/dots': 'hostPath.path: Invalid value: ',
  'restrict-probe-target bad/grpc-name': 'cannot unmarshal string into Go struct field GRPCAction',
  'restrict-probe-target bad/no-valid-name': 'tcpSocket.port: Invalid value: "8083": must contain at least one letter',
  'restrict-restart-policy bad/refused-by-kubernetes': 'template.spec.restartPolicy: ',
};
