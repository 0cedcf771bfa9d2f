/** The least of a cluster's DNS: names of Services become their cluster addresses, nothing else is known. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Kubectl } from '../kubectl.ts';

const SERVICE = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/;
const [TYPE_A, NO_SUCH_NAME] = [1, 3];

/** Answers on port 53 of the address until the process ends. Each question is one to the API server. */
export async function startDns(address: string, kubectl: Kubectl): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', async (query, from) => {
    const { name, type, end } = questionOf(query);
    const [, service, namespace] = SERVICE.exec(name) ?? [];
    const ip = service && namespace ? await clusterIp(kubectl, service, namespace) : undefined;
    socket.send(answer(query.subarray(0, end), ip, type === TYPE_A), from.port, from.address);
  });
  socket.bind(53, address).unref();
  await once(socket, 'listening');
}

async function clusterIp(kubectl: Kubectl, service: string, namespace: string): Promise<string | undefined> {
  const { code, stdout } = await kubectl([
    'get',
    'service',
    service,
    '-n',
    namespace,
    '-o',
    'jsonpath={.spec.clusterIP}',
  ]);
  return code === 0 && /^[\d.]+$/.test(stdout) ? stdout : undefined;
}

interface Question {
  readonly name: string;
  readonly type: number;
  /** Of the header and the first question; what follows is optional. */
  readonly end: number;
}

function questionOf(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Where the name is known, but not of this type, the answer is empty. */
function answer(question: Buffer, ip: string | undefined, isAddress: boolean): Buffer {
  const head = Buffer.from(question);
  const records = ip !== undefined && isAddress ? [record(ip)] : [];
  head.writeUInt16BE(0x8580 | (ip === undefined ? NO_SUCH_NAME : 0), 2);
  for (const [at, count] of [1, records.length, 0, 0].entries()) head.writeUInt16BE(count, 4 + 2 * at);
  return Buffer.concat([head, ...records]);
}

/** An address of the name at byte 12, to be kept for 5 s. */
function record(ip: string): Buffer {
  return Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 5, 0, 4, ...ip.split('.').map(Number)]);
}
