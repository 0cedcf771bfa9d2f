/** IP addresses where the name of a server could stand. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { isMappedIPv4, parseAddress } from '../../cel/library/ip-address.ts';
import { list, STRING } from '../../cel/type.ts';

/** `ipHosts(text)`: see `ipHosts`. */
export const IP_HOST_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'ipHosts',
    overloads: [
      {
        id: 'tidegate_ip_hosts_string',
        parameters: [STRING],
        result: list(STRING),
        call: (text) => ipHosts(String(text)),
        cost: ([text]) => Math.ceil(Math.min(String(text).length, LONGEST) / 10) + 1,
      },
    ],
  },
];

// What is longer is no address, nor a list of some.
const LONGEST = 2_000;

/**
 * The IP addresses that a text names as servers, as they are written and each once: an address, `address:port`, a URL,
 * or several of them with commas. Networks, and addresses that mean the same everywhere, are none: 10.0.0.0/8, 127.0.0.1,
 * 0.0.0.0, 169.254.169.254, multicast.
 */
export function ipHosts(text: string): readonly string[] {
  const value = text.trim();
  if (value.length > LONGEST || !/\d[.:]|:[:\d]/.test(value) || /[\r\n]/.test(value)) return [];
  const hosts = value.split(/[,;]/).flatMap((part) => ipHost(part.trim()) ?? []);
  return [...new Set(hosts)];
}

function ipHost(part: string): string | undefined {
  const [, scheme = '', authority = '', rest = ''] = /^([a-z][\w+.:-]*:\/\/)?([^/?#]*)(.*)$/i.exec(part) ?? [];
  if (scheme === '' && /^\/\d{1,3}$/.test(rest)) return undefined;
  const server = authority.slice(authority.lastIndexOf('@') + 1);
  const [, host = server] = /^\[([^\]]*)\](?::\d*)?$/.exec(server) ?? /^([^:]*)(?::\d*)?$/.exec(server) ?? [];
  const address = parseAddress(host);
  return address.ok && isServer(address.bytes) ? host : undefined;
}

function isServer(bytes: readonly number[]): boolean {
  const [first = 0, second = 0] = isMappedIPv4(bytes) ? bytes.slice(-4) : bytes;
  if (bytes.length === 16 && !isMappedIPv4(bytes)) {
    const small = bytes.slice(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) <= 1;
    return !small && first !== 0xff && !(first === 0xfe && (second & 0xc0) === 0x80);
  }
  return first !== 0 && first !== 127 && first < 224 && !(first === 169 && second === 254);
}
