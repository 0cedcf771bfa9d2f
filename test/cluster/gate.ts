/** A way to a server that can be shut: connections are still taken, but nothing comes back. TLS untouched. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Gate {
  readonly port: number;
  /** New connections wait for ever from now on; those that are there stay. */
  shut(): void;
  /** New connections get through again. */
  open(): void;
  stop(): Promise<void>;
}

/** A gate on a free port of the same host; open. */
export async function gateTo(host: string, port: number): Promise<Gate> {
  let isOpen = true;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy()).once('close', () => sockets.delete(client));
    if (!isOpen) return;
    const upstream = connect(port, host).on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
  }).listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => {
      isOpen = false;
    },
    open: () => {
      isOpen = true;
    },
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
