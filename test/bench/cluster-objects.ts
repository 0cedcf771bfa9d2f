/** What the cluster of the benchmark holds beside the object that is judged: nothing that a policy misses. */
type Json = Readonly<Record<string, unknown>>;

const NAMESPACE = 'store';

function named(name: string, more: Json = {}): Json {
  return { metadata: { name, namespace: NAMESPACE }, ...more };
}

function node(name: string): Json {
  const labels = { 'kubernetes.io/hostname': name };
  return { metadata: { name, labels }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
}

/** Lists by the path that an API server serves them at, of all namespaces together. */
export const CLUSTER: Readonly<Record<string, readonly Json[]>> = {
  '/api/v1/namespaces': [{ metadata: { name: NAMESPACE, labels: { 'kubernetes.io/metadata.name': NAMESPACE } } }],
  '/api/v1/nodes': ['a', 'b', 'c', 'd'].map(node),
  '/api/v1/serviceaccounts': [named('shop')],
  '/api/v1/configmaps': [named('shop', { data: { 'database-host': 'db.store.svc' } })],
  '/api/v1/limitranges': [
    named('defaults', { spec: { limits: [{ type: 'Container', max: { cpu: '4', memory: '8Gi' } }] } }),
  ],
  '/api/v1/resourcequotas': [named('total', { spec: { hard: { 'requests.cpu': '64' } } })],
};
