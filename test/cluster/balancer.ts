/** What a Service is to its Pods: one address in front of several servers, connection by connection, TLS untouched. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Takes turns; a server that refuses the connection is passed over, and where all do, the client's is closed. */
export async function balance(host: string, ports: readonly number[]): Promise<Balancer> {
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    turn += 1;
    forward(
      client,
      host,
      ports.map((_, index) => ports[(turn + index) % ports.length] as number),
    );
  }).listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a numeric port');
  const stop = async (): Promise<void> => {
    server.close();
    for (const socket of open) socket.destroy();
    await once(server, 'close');
  };
  return { port: address.port, stop };
}

function forward(client: Socket, host: string, [port, ...others]: readonly number[]): void {
  if (port === undefined) return void client.destroy();
  const upstream = connect(port, host);
  upstream.once('connect', () => {
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => {
    if (upstream.connecting || upstream.bytesWritten === 0) forward(client, host, others);
    else client.destroy();
  });
}
