/** Listens over TLS with the certificate of the moment, and stops without dropping a request. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { CertificateSource, Certificates } from '../certs/source.ts';

export interface Listening {
  readonly host: string;
  /** The real one, where 0 was asked for. */
  readonly port: number;
  /** Takes no more connections, lets requests in flight end for `graceMs` at most, then ends what is left. */
  stop(graceMs: number): Promise<void>;
}

// Go clients keep idle connections for 90 s: a server that closes first races with the next request and loses it.
const KEEP_ALIVE_MS = 120_000;
// A review is small and the sender near: whoever is slower than this only holds a connection.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 5_000;
const STOP_POLL_MS = 25;

/** Resolves when connections are accepted; rejects where the address cannot be used. */
export async function listen(
  app: RequestListener,
  certificates: CertificateSource,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer(
    {
      ...contextOf(certificates.current()),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    app,
  );
  // Only new connections see it: those that are open go on as they are.
  certificates.onChange((changed) => server.setSecureContext(contextOf(changed)));
  const sockets = trackSockets(server);
  server.listen(address.port, address.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { host: address.host, port, stop: (graceMs) => stop(server, sockets, graceMs) };
}

function contextOf({ cert, key }: Certificates): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** All open ones: Node's own list begins after the TLS handshake, and one that never ends would keep us waiting. */
function trackSockets(server: Server): ReadonlySet<Duplex> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function stop(server: Server, sockets: ReadonlySet<Duplex>, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that was busy when the server closed is idle after its answer: Node looks only once.
  const idle = setInterval(() => server.closeIdleConnections(), STOP_POLL_MS);
  const end = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(end);
}
