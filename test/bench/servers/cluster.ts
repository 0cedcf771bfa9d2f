/** As much of an API server as watches need: one namespace, one node's worth of nothing else, and watches that stay silent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ITEMS: Readonly<Record<string, readonly object[]>> = {
  '/api/v1/namespaces': [{ metadata: { name: 'store', labels: { 'kubernetes.io/metadata.name': 'store' } } }],
  '/api/v1/serviceaccounts': [{ metadata: { name: 'shop', namespace: 'store' } }],
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
  response.writeHead(200, { 'content-type': 'application/json' });
  if (searchParams.has('watch')) return void response.flushHeaders();
  const items = ITEMS[pathname] ?? [];
  response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
