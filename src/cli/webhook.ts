/** The webhook, put together: application, TLS, and the proof that both work. `serve` runs it, `demo` shows it. */
import { endsOf } from '../certs/expiry.ts';
import type { CertificateSource } from '../certs/source.ts';
import type { Limits } from '../config/limits.ts';
import { errorMessage } from '../policy/problem.ts';
import { type AppDependencies, createApp } from '../server/app.ts';
import { createHealth, type Health, proveServing } from '../server/health.ts';
import { listen } from '../server/https.ts';
import type { Log } from '../telemetry/log.ts';
import type { Prometheus } from '../telemetry/prometheus.ts';

export interface WebhookParts extends Pick<AppDependencies, 'judge' | 'answered' | 'reviewResource'> {
  readonly trace?: AppDependencies['trace'] | undefined;
  readonly metrics: Prometheus;
  readonly certificates: CertificateSource;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly limits: Limits;
  readonly log: Log;
}

export interface CompleteParts extends WebhookParts {
  /** Ids of the policies that it judges by at first, for the metrics. */
  readonly policies: readonly string[];
}

export interface Webhook {
  /** For clients on this machine. */
  readonly url: string;
  /** Not ready from now on; lets requests in flight end for `graceMs` at most. */
  stop(graceMs: number): Promise<void>;
}

/** One that listens, and is not ready before somebody says what there is. */
export interface OpenWebhook extends Webhook {
  /** Resolves when a TLS connection to it has worked, with the certificate of this moment; rejects with the reason. */
  prove(): Promise<void>;
}

export type StartedWebhook =
  | { readonly ok: true; readonly webhook: Webhook }
  | { readonly ok: false; readonly message: string };

/**
 * Resolves when a TLS connection to it has worked, or with the reason why the address cannot be used. The policies must be
 * complete: there is no moment at which a wrong answer could be given.
 */
export async function startWebhook(parts: CompleteParts): Promise<StartedWebhook> {
  const { policies, ...rest } = parts;
  const health = createHealth();
  health.fulfil('policies');
  health.fulfil('certificate');
  parts.metrics.recorder.observeReload(true, policies);
  try {
    const webhook = await openWebhook(rest, health);
    await webhook.prove();
    health.fulfil('listening');
    return { ok: true, webhook };
  } catch (error) {
    return { ok: false, message: `${parts.host}:${parts.port}: ${errorMessage(error)}` };
  }
}

/** Listens, and answers whoever asks how it is; rejects where the address cannot be used. */
export async function openWebhook(parts: WebhookParts, health: Health): Promise<OpenWebhook> {
  const { certificates, host, port, trace, metrics, ...judging } = parts;
  metrics.read({ certificates: () => endsOf(certificates.current()) });
  const { recorder, page } = metrics;
  const app = createApp({ ...judging, ...(trace && { trace }), health, recorder, metrics: page });
  const { requestTimeoutMs } = parts.limits;
  const server = await listen(app, certificates, { host, port, requestTimeoutMs });
  const near = reachable(host);
  return {
    url: `https://${near.includes(':') ? `[${near}]` : near}:${server.port}`,
    prove: () => proveServing(near, server.port, certificates.current().cert),
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
