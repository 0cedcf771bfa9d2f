import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../test/support/freeze.ts';
import { podView, withPodView } from './podview.ts';

const TEMPLATE = ['spec', 'template'];
const deployment = deepFreeze({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app' }] } } },
});

describe('the view', () => {
  test('has the very metadata and spec of the template', () => {
    const view = podView(deployment, TEMPLATE);
    expect(view).toEqual({ apiVersion: 'v1', kind: 'Pod', ...deployment.spec.template });
    expect(view?.['spec']).toBe(deployment.spec.template.spec);
    expect(view?.['metadata']).toBe(deployment.spec.template.metadata);
  });
  test('of a Pod is the Pod, of nothing is null', () => {
    expect(podView(deployment, [])).toBe(deployment);
    expect(podView(null, TEMPLATE)).toBeNull();
  });
  test('of a malformed object lacks what is not there, so that rules fail instead of passing', () => {
    expect(podView({ spec: 'text' }, TEMPLATE)).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: {} });
    expect(podView({ spec: { template: { metadata: [], spec: null } } }, TEMPLATE)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {},
      spec: null,
    });
  });
});

describe('the way back', () => {
  test('replaces what changed and shares the rest', () => {
    const before = podView(deployment, TEMPLATE) ?? {};
    const after = { ...before, spec: { containers: [] } };
    const changed = withPodView(deployment, TEMPLATE, before, after);
    expect(changed).toEqual({
      ...deployment,
      spec: { replicas: 2, template: { ...deployment.spec.template, spec: { containers: [] } } },
    });
    expect(changed['metadata']).toBe(deployment.metadata);
  });
  test('leads to the same reference where nothing changed', () => {
    const before = podView(deployment, TEMPLATE) ?? {};
    expect(withPodView(deployment, TEMPLATE, before, { ...before, kind: 'Other' })).toBe(deployment);
  });
  test('makes metadata that the template does not have, and takes away what the view lost', () => {
    const bare = deepFreeze({ spec: { template: { spec: {} } } });
    const before = podView(bare, TEMPLATE) ?? {};
    expect(withPodView(bare, TEMPLATE, before, { metadata: { labels: { a: 'b' } } })).toEqual({
      spec: { template: { metadata: { labels: { a: 'b' } } } },
    });
  });
  test('of a Pod is the view itself', () => {
    const after = { kind: 'Pod' };
    expect(withPodView(deployment, [], deployment, after)).toBe(after);
  });
});
