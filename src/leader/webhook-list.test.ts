import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { RECOMMENDED, type Settings } from '../policy/settings.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { type WebhookListInput, webhookLists } from './webhook-list.ts';

const setOf = (settings: Partial<Settings> = {}) =>
  loadCatalog({ settings: { ...RECOMMENDED, ...settings }, paths: [], builtin: true }).catalog.current();

const INPUT: WebhookListInput = {
  set: setOf(),
  settings: RECOMMENDED.webhooks,
  caBundle: '-----BEGIN CERTIFICATE-----\n',
  installation: {
    name: 'tidegate',
    namespace: 'tidegate-system',
    user: 'system:serviceaccount:tidegate-system:tidegate',
  },
};
const ALL_OFF = setOf({
  policies: Object.fromEntries(INPUT.set.policies.map(({ id }) => [id, { enforcement: { action: 'Off' } }])),
});

type Listed = Readonly<Record<string, never>> & { readonly name: string };
const lists = (change: Partial<WebhookListInput> = {}) =>
  webhookLists({ ...INPUT, ...change }) as { mutating: readonly Listed[]; validating: readonly Listed[] };
const named = (name: string, change: Partial<WebhookListInput> = {}): Listed =>
  [...lists(change).mutating, ...lists(change).validating].find((one) => one.name === `${name}.tidegate.dev`) as Listed;

describe('webhookLists', () => {
  it('are these for the policies that come with Tidegate', async () => {
    await expect(stringify(lists(), { lineWidth: 0 })).toMatchFileSnapshot('webhook-list.golden.yaml');
  });

  it('are the same in whatever order the policies are', () => {
    const { policies } = INPUT.set;
    expect(lists({ set: { ...INPUT.set, policies: policies.toReversed() } })).toEqual(lists());
  });

  it('hold nothing but the check of policies where none can act', () => {
    expect(lists({ set: ALL_OFF })).toMatchObject({ mutating: [], validating: [{ name: 'policies.tidegate.dev' }] });
  });

  it('ask as the settings say', () => {
    const settings = {
      validation: { failurePolicy: 'Fail' },
      timeoutSeconds: 7,
      breakGlassGroups: [],
      namespaceSelector: { matchLabels: { env: 'prod' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] },
    } as const;
    expect(named('validate', { settings })).toMatchObject({
      failurePolicy: 'Fail',
      timeoutSeconds: 7,
      matchConditions: [{ name: 'not-ourselves' }, { name: 'not-of-control-planes' }, { name: 'not-moving-pods' }],
      namespaceSelector: {
        matchLabels: { env: 'prod' },
        matchExpressions: [{ operator: 'NotIn' }, { key: 'tidegate.dev/ignore' }, { key: 'a', operator: 'Exists' }],
      },
    });
    for (const name of ['mutate', 'validate-excluded', 'policies']) {
      expect(named(name, { settings })).toMatchObject({ failurePolicy: 'Ignore', timeoutSeconds: 7 });
    }
  });

  it('leave the namespaces of the cluster, of the settings and our own alone', () => {
    const set = setOf({ excludedNamespaces: ['legacy'] });
    const values = ['kube-node-lease', 'kube-public', 'kube-system', 'legacy', 'tidegate-system'];
    expect(named('mutate', { set })).toMatchObject({ namespaceSelector: { matchExpressions: [{ values }, {}] } });
  });

  it('reach excluded namespaces, but for our own, only with policies that ask for it, and never twice', () => {
    const set = setOf({ excludedNamespaces: ['legacy', 'tidegate-system'] });
    expect(named('validate-excluded', { set })).toMatchObject({
      rules: [{ resources: ['secrets'], scope: 'Namespaced' }],
      namespaceSelector: {
        matchExpressions: [
          { operator: 'In', values: ['kube-node-lease', 'kube-public', 'kube-system', 'legacy'] },
          { operator: 'DoesNotExist' },
        ],
      },
    });
    // A Secret of kube-system that no policy judges does not wait for us.
    const expression = expect.stringContaining("object.?type.orValue('') == 'bootstrap.kubernetes.io/token'");
    expect(named('validate-excluded', { set })).toMatchObject({
      matchConditions: [{}, {}, { name: 'what-policies-judge', expression }],
    });
    const off = setOf({ policies: { 'restrict-bootstrap-token-ttl': { enforcement: { action: 'Off' } } } });
    expect(named('validate-excluded', { set: off })).toBeUndefined();
  });

  it('name an address in the place of the Service where there is one', () => {
    const installation = { ...INPUT.installation, url: 'https://10.0.0.1:8443/tide' };
    expect(named('mutate', { installation })).toMatchObject({
      clientConfig: { url: 'https://10.0.0.1:8443/tide/mutate' },
    });
    expect(named('mutate', { caBundle: '' })['clientConfig']).not.toHaveProperty('caBundle');
  });
});
