import { expect, it } from 'vitest';
import type { JsonMap } from '../../cel/value.ts';
import { endpoint } from './probe.ts';

const CONTAINER: JsonMap = { name: 'web', ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }] };

it.each<[JsonMap, string]>([
  [{ httpGet: { port: 'http', path: '/health' } }, 'httpGet 8080 /health'],
  [{ httpGet: { port: 8080, path: '' }, periodSeconds: 5 }, 'httpGet 8080 /'],
  [{ httpGet: { port: 'admin' } }, 'httpGet admin /'],
  [{ tcpSocket: { port: 9090 } }, 'tcpSocket 9090'],
  [{ grpc: { port: 9090, service: 'live' } }, 'grpc 9090 live'],
  [{ exec: { command: ['cat', '/tmp/a b'] } }, 'exec ["cat","/tmp/a b"]'],
  [{}, ''],
])('%j asks %s', (probe, expected) => {
  expect(endpoint(probe, CONTAINER)).toBe(expected);
});
