/** Traces for those who ask for them, by the variables that OpenTelemetry has for it; without them nothing of it is loaded. */
export interface Trace {
  /** One answered request, as a span that ends now. */
  record(span: RequestSpan): void;
  /** Sends what is left; settles in any case. */
  stop(): Promise<void>;
}

/** Facts about a request, each of them short: no names, no contents. */
export interface RequestSpan {
  readonly door: string;
  readonly operation: string;
  /** With its group: `apps/Deployment`. */
  readonly kind: string;
  readonly verdict: string;
  /** Of the AdmissionReview, which is in the log too. */
  readonly uid: string;
  readonly findings: number;
  readonly changes: number;
  readonly seconds: number;
  /** The caller's span by the W3C, as its headers say it. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined where no endpoint is named, or `OTEL_SDK_DISABLED` or `OTEL_TRACES_EXPORTER` say no. */
export async function openTrace(env: Environment, version: string): Promise<Trace | undefined> {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const exporter = env['OTEL_TRACES_EXPORTER'] || 'otlp';
  if (exporter !== 'otlp') return undefined;
  const { createTrace } = await import('./otlp-trace.ts');
  return createTrace(version, ratioIn(env));
}

/** Which part of the traces that begin here is kept: `OTEL_TRACES_SAMPLER_ARG` of a sampler by ratio, else all. */
function ratioIn(env: Environment): number {
  if (!env['OTEL_TRACES_SAMPLER']?.endsWith('traceidratio')) return 1;
  const ratio = Number(env['OTEL_TRACES_SAMPLER_ARG'] || 1);
  return ratio >= 0 && ratio <= 1 ? ratio : 1;
}
