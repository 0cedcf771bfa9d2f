/** Spans by OTLP over HTTP, in JSON. The exporter reads its endpoint, headers and timeouts from the environment itself. */
import { defaultTextMapGetter, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { RequestSpan, Trace } from './trace.ts';

// A collector that is gone must not keep a pod from ending.
const STOP_MS = 2000;

/** Keeps `ratio` of the traces that begin here; of those that begin elsewhere, what their callers keep. */
export function createTrace(version: string, ratio: number): Trace {
  const ours = resourceFromAttributes({ 'service.name': 'tidegate', 'service.version': version });
  const provider = new TracerProvider({
    resource: ours.merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanLimits: { attributeValueLengthLimit: 256 },
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('tidegate', version);
  const propagator = new W3CTraceContextPropagator();
  return {
    record: (span) => {
      const now = Date.now();
      const carrier = { traceparent: span.traceparent ?? '', tracestate: span.tracestate ?? '' };
      const parent = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
      const startTime = now - span.seconds * 1000;
      const options = { kind: SpanKind.SERVER, startTime, attributes: attributesOf(span) };
      const started = tracer.startSpan(`admission ${span.door}`, options, parent);
      if (span.verdict === 'error') started.setStatus({ code: SpanStatusCode.ERROR });
      started.end(now);
    },
    stop: async () => {
      const late = new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

function attributesOf({ door, operation, kind, verdict, uid, findings, changes }: RequestSpan) {
  return {
    'tidegate.door': door,
    'tidegate.operation': operation,
    'tidegate.kind': kind,
    'tidegate.verdict': verdict,
    'tidegate.uid': uid,
    'tidegate.findings': findings,
    'tidegate.changes': changes,
  };
}
