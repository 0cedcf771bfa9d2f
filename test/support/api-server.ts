/** The few answers of an API server that a test wants to have in its hand, over real HTTP. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';

export interface Answer {
  /** 200 where it is left out. */
  readonly status?: number;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as it is, in its place. */
  readonly text?: string;
}

export interface ApiServer {
  readonly config: KubeConfig;
  /** `GET /version`, in the order of their arrival, with what was sent along. */
  readonly requests: readonly { readonly line: string; readonly body: unknown }[];
  /** Breaks all connections; the next ones are accepted again. */
  disconnect(): void;
  stop(): Promise<void>;
}

/** Answers by method and path, without the query; 404 where there is no answer. Watches stay open and silent. */
export async function startApiServer(answers: Readonly<Record<string, () => Answer | 'never'>>): Promise<ApiServer> {
  const requests: { readonly line: string; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const [path, query] = String(request.url).split('?');
    const sent = await text(request);
    requests.push({ line: `${request.method} ${request.url}`, body: sent === '' ? undefined : JSON.parse(sent) });
    if (query?.includes('watch=true')) return response.flushHeaders();
    const answer = answers[`${request.method} ${path}`]?.() ?? { status: 404, body: { message: 'not found' } };
    if (answer === 'never') return;
    response.statusCode = answer.status ?? 200;
    response.end(answer.text ?? JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'here', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    { name: 'user', token: 'token' },
  );
  return {
    config,
    requests,
    disconnect: () => server.closeAllConnections(),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
