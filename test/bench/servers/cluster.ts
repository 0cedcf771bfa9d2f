/** As much of an API server as watches need: lists, and watches that stay silent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLUSTER } from '../cluster-objects.ts';

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
  response.writeHead(200, { 'content-type': 'application/json' });
  if (searchParams.has('watch')) return void response.flushHeaders();
  const items = CLUSTER[pathname] ?? [];
  response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
