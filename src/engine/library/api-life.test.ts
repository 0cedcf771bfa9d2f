import { describe, expect, it } from 'vitest';
import { apiLife } from './api-life.ts';

describe('apiLife', () => {
  it.each([
    ['extensions/v1beta1', 'Ingress', 14, 22, 'networking.k8s.io/v1', false],
    ['apps/v1beta2', 'Deployment', 9, 16, 'apps/v1', false],
    ['rbac.authorization.k8s.io/v1beta1', 'RoleBinding', 17, 22, 'rbac.authorization.k8s.io/v1', true],
    ['policy/v1beta1', 'PodSecurityPolicy', 21, 25, '', false],
    ['rbac.authorization.k8s.io/v1alpha1', 'Role', 17, 23, 'rbac.authorization.k8s.io/v1', false],
    [
      'admissionregistration.k8s.io/v1alpha1',
      'InitializerConfiguration',
      14,
      14,
      'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
      false,
    ],
    ['v1', 'Endpoints', 33, 0, 'discovery.k8s.io/v1 EndpointSlice', false],
  ])('%s %s', (apiVersion, kind, deprecated, removed, replacement, same) => {
    expect(apiLife(apiVersion, kind)).toEqual({ deprecated, removed, replacement, same });
  });

  it.each([
    ['apps/v1', 'Deployment'],
    ['networking.k8s.io/v1beta1', 'Unheard'],
    ['acme.example/v1beta1', 'Ingress'],
    ['', ''],
  ])('takes %s %s to last', (apiVersion, kind) => {
    expect(apiLife(apiVersion, kind)).toEqual({ deprecated: 0, removed: 0, replacement: '', same: false });
  });
});
