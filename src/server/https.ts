/** Listens over TLS with the certificate of the moment, and stops without dropping a request. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import type { CertificateSource, Certificates } from '../certs/source.ts';

export interface Listening {
  readonly host: string;
  /** The real one, where 0 was asked for. */
  readonly port: number;
  /**
   * Serves on for a moment, so that clients whose next request is on its way can leave with its answer; then takes no more
   * connections, lets requests in flight end, and after `graceMs` ends what is left.
   */
  stop(graceMs: number): Promise<void>;
}

export interface Address {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs: number;
}

// Go clients keep idle connections for 90 s: a server that closes first races with the next request and loses it.
const KEEP_ALIVE_MS = 120_000;
// An API server is near: whoever is slower than this only holds a connection.
const HEADERS_TIMEOUT_MS = 5_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 2_000;
const STOP_POLL_MS = 25;
// Closing a connection on which a request is under way loses it, and a client may not send a POST twice. Who comes back
// within this time is told to leave (`connection: close`); who does not was idle.
const LEAVE_MS = 1_000;

/** Resolves when connections are accepted; rejects where the address cannot be used. */
export async function listen(
  app: RequestListener,
  certificates: CertificateSource,
  address: Address,
): Promise<Listening> {
  const server = createServer(
    {
      ...contextOf(certificates.current()),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, address.requestTimeoutMs),
      requestTimeout: address.requestTimeoutMs,
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

interface Destroyable {
  destroy(): void;
}

/** All open ones: Node's own list begins after the TLS handshake, and one that never ends would keep us waiting. */
function trackSockets(server: Server): ReadonlySet<Destroyable> {
  const sockets = new Set<Destroyable>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function stop(server: Server, sockets: ReadonlySet<Destroyable>, graceMs: number): Promise<void> {
  await left(sockets, Math.min(LEAVE_MS, graceMs / 2));
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

/** Resolves when nobody is connected any more, after `atMost` milliseconds in any case. */
async function left(sockets: ReadonlySet<Destroyable>, atMost: number): Promise<void> {
  const end = performance.now() + atMost;
  while (sockets.size > 0 && performance.now() < end) await wait(STOP_POLL_MS);
}
