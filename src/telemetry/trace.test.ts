/** A real receiver of OTLP over HTTP, and what reaches it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTrace, type RequestSpan } from './trace.ts';

interface Received {
  readonly path: string | undefined;
  readonly body: {
    readonly resourceSpans: readonly {
      readonly resource: { readonly attributes: readonly Attribute[] };
      readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
    }[];
  };
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface Span {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

const SPAN: RequestSpan = {
  door: 'validate',
  operation: 'CREATE',
  kind: 'apps/Deployment',
  verdict: 'denied',
  uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
  findings: 3,
  changes: 0,
  seconds: 0.002,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: undefined,
};

let server: Server;
let received: Received[];
beforeEach(async () => {
  received = [];
  server = createServer(async (request, response) => {
    received.push({ path: request.url, body: (await json(request)) as Received['body'] });
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const plain = (attributes: readonly Attribute[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

it('sends each request as a span within the trace of its caller, with facts and nothing else', async () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'k8s.pod.name=tidegate-0');
  const trace = await openTrace(process.env, '1.2.3');
  trace?.record(SPAN);
  trace?.record({ ...SPAN, traceparent: undefined });
  await trace?.stop();
  expect(received.map(({ path }) => path)).toEqual(['/v1/traces']);
  const [group] = received[0]?.body.resourceSpans ?? [];
  expect(plain(group?.resource.attributes ?? [])).toMatchObject({
    'service.name': 'tidegate',
    'service.version': '1.2.3',
    'k8s.pod.name': 'tidegate-0',
  });
  const [child, root] = group?.scopeSpans.flatMap(({ spans }) => spans) ?? [];
  expect(child).toMatchObject({
    name: 'admission validate',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
  });
  expect(plain(child?.attributes ?? [])).toEqual({
    'tidegate.door': 'validate',
    'tidegate.operation': 'CREATE',
    'tidegate.kind': 'apps/Deployment',
    'tidegate.verdict': 'denied',
    'tidegate.uid': SPAN.uid,
    'tidegate.findings': 3,
    'tidegate.changes': 0,
  });
  const took = BigInt(child?.endTimeUnixNano ?? 0) - BigInt(child?.startTimeUnixNano ?? 0);
  expect(Number(took)).toBeCloseTo(2_000_000, -5);
  expect(root?.traceId).not.toBe(child?.traceId);
  expect(root?.parentSpanId ?? '').toBe('');
});

it('keeps what the caller does not keep to itself, and the part that it is told to', async () => {
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'parentbased_traceidratio');
  vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', '0');
  const trace = await openTrace(process.env, '1.2.3');
  trace?.record({ ...SPAN, traceparent: SPAN.traceparent?.replace(/01$/, '00') });
  trace?.record({ ...SPAN, traceparent: undefined });
  trace?.record({ ...SPAN, traceparent: 'nonsense' });
  await trace?.stop();
  expect(received).toEqual([]);
});

it('outlives a receiver that is gone', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1');
  const trace = await openTrace(process.env, '1.2.3');
  trace?.record(SPAN);
  await expect(trace?.stop()).resolves.toBeUndefined();
});

it.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_TRACES_EXPORTER: 'none' },
])('is off with %o', async (env) => {
  expect(await openTrace(env, '1.2.3')).toBeUndefined();
});
