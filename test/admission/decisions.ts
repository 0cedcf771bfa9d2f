/** Requests and findings by hand, as the engine makes them, for the tests of what becomes of them. */
import type { EvaluationFailure, Finding, Request } from '../../src/engine/decision.ts';

export const REQUEST: Request = {
  uid: 'a-uid',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  name: 'web',
  namespace: 'shop',
  operation: 'CREATE',
  userInfo: {},
  object: { metadata: { name: 'web' } },
  oldObject: null,
};

/** A finding of require-liveness-probe in the first container, web, with a verified fix. */
export function finding(change: Partial<Finding> = {}): Finding {
  return {
    policy: 'require-liveness-probe',
    rule: 'rule-1',
    severity: 'high',
    action: 'Deny',
    tolerated: false,
    message: 'container "web" has no livenessProbe',
    why: 'A container that hangs is never restarted.',
    remediation: 'Add a livenessProbe to each container.',
    path: ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe'],
    container: 'web',
    fingerprint: 'f',
    fix: [
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/livenessProbe',
        value: { tcpSocket: { port: 8080 }, periodSeconds: 10 },
      },
    ],
    ...change,
  };
}

/** The same finding in another container. */
export function findingIn(container: string, index: number, change: Partial<Finding> = {}): Finding {
  return finding({
    message: `container "${container}" has no livenessProbe`,
    path: ['spec', 'template', 'spec', 'containers', index, 'livenessProbe'],
    container,
    ...change,
  });
}

export function failure(change: Partial<EvaluationFailure> = {}): EvaluationFailure {
  return {
    policy: 'our-own',
    rule: 'labels',
    action: 'Deny',
    failurePolicy: 'Fail',
    message: 'no such key: labels',
    ...change,
  };
}
