/** The webhook, put together: application, TLS, and the proof that both work. `serve` runs it, `demo` shows it. */
import { endsOf } from '../certs/expiry.ts';
import type { CertificateSource } from '../certs/source.ts';
import type { Limits } from '../config/limits.ts';
import { type AppDependencies, createApp } from '../server/app.ts';
import { createHealth, proveServing } from '../server/health.ts';
import { listen } from '../server/https.ts';
import type { Log } from '../telemetry/log.ts';
import { createPrometheus, type Prometheus } from '../telemetry/prometheus.ts';

export interface WebhookParts {
  readonly judge: AppDependencies['judge'];
  /** Ids of the policies that it judges by at first, for the metrics. */
  readonly policies: readonly string[];
  /** Left out where nobody but the webhook has anything to count. */
  readonly metrics?: Prometheus;
  readonly certificates: CertificateSource;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly limits: Limits;
  readonly log: Log;
}

export interface Webhook {
  /** For clients on this machine. */
  readonly url: string;
  /** Not ready from now on; lets requests in flight end for `graceMs` at most. */
  stop(graceMs: number): Promise<void>;
}

export type StartedWebhook =
  | { readonly ok: true; readonly webhook: Webhook }
  | { readonly ok: false; readonly message: string };

/**
 * Resolves when a TLS connection to it has worked, or with the reason why the address cannot be used. The policies must be
 * complete: there is no moment at which a wrong answer could be given.
 */
export async function startWebhook(parts: WebhookParts): Promise<StartedWebhook> {
  try {
    return { ok: true, webhook: await start(parts) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `${parts.host}:${parts.port}: ${reason}` };
  }
}

async function start(parts: WebhookParts): Promise<Webhook> {
  const { judge, policies, metrics = createPrometheus(), certificates, host, port, limits, log } = parts;
  const { recorder, page } = metrics;
  recorder.observeReload(true, policies);
  metrics.read({ certificates: () => endsOf(certificates.current()) });
  const health = createHealth();
  const app = createApp({ judge, limits, health, recorder, metrics: page, log });
  health.fulfil('policies');
  health.fulfil('certificate');
  const { requestTimeoutMs } = limits;
  const server = await listen(app, certificates, { host, port, requestTimeoutMs });
  const near = reachable(host);
  await proveServing(near, server.port, certificates.current().cert);
  health.fulfil('listening');
  return {
    url: `https://${near.includes(':') ? `[${near}]` : near}:${server.port}`,
    stop: (graceMs) => {
      health.stop();
      return server.stop(graceMs);
    },
  };
}

/** Where a client on this machine finds a server on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
