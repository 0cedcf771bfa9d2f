import type { Library } from '../function.ts';
import { BOOL, INT, STRING, typeOf } from '../type.ts';
import { TypeValue } from '../type-value.ts';
import { CelError, type Result } from '../value.ts';
import { readsAndWritesFirst, readsFirst } from './cost.ts';
import { declare, foldable, global, member } from './declare.ts';
import { IpAddress, isMappedIPv4, parseAddress } from './ip-address.ts';
import { IP_TYPE } from './kubernetes-types.ts';
import { quote } from './quote.ts';

/**
 * `ip(<string>) -> <IP>`. Errors: why it is none, as Go's `netip` words it; zones and IPv4-mapped IPv6 are refused.
 */
export function ip(text: string): IpAddress | CelError {
  const parsed = parseAddress(text);
  if (!parsed.ok) {
    return new CelError(`IP Address ${quote(text)} parse error during conversion from string: ${parsed.message}`);
  }
  if (parsed.zone !== '') return new CelError(`IP address ${quote(text)} with zone value is not allowed`);
  if (isMappedIPv4(parsed.bytes)) return new CelError(`IPv4-mapped IPv6 address ${quote(text)} is not allowed`);
  return new IpAddress(parsed.bytes);
}

/** `isIP(<string>) -> <bool>`: whether `ip` takes it. */
function isIP(text: string): Result {
  return ip(text) instanceof IpAddress;
}

/** `ip.isCanonical(<string>) -> <bool>`: whether it is written as `string(ip(…))` writes it. Errors: those of `ip`. */
function isCanonical(text: string): Result {
  const address = ip(text);
  return address instanceof CelError ? address : address.toString() === text;
}

/** `<IP>.family() -> <int>`: 4 or 6. */
function family({ bytes }: IpAddress): Result {
  return bytes.length === 4 ? 4 : 6;
}

const isZero = ({ bytes }: IpAddress): boolean => bytes.every((byte) => byte === 0);

/** `<IP>.isUnspecified() -> <bool>`: `0.0.0.0` or `::`. */
function isUnspecified(address: IpAddress): Result {
  return isZero(address);
}

/** `<IP>.isLoopback() -> <bool>`: in `127.0.0.0/8`, or `::1`. */
function isLoopback({ bytes }: IpAddress): boolean {
  if (bytes.length === 4) return bytes[0] === 127;
  return bytes[15] === 1 && bytes.slice(0, 15).every((byte) => byte === 0);
}

/** `<IP>.isLinkLocalMulticast() -> <bool>`: in `224.0.0.0/24`, or `ff02::/16` with any flags. */
function isLinkLocalMulticast({ bytes: [first, second, third, ...rest] }: IpAddress): Result {
  if (rest.length === 1) return first === 224 && second === 0 && third === 0;
  return first === 255 && second !== undefined && (second & 0x0f) === 2;
}

/** `<IP>.isLinkLocalUnicast() -> <bool>`: in `169.254.0.0/16` or `fe80::/10`. */
function isLinkLocalUnicast({ bytes }: IpAddress): boolean {
  const [first, second = 0] = bytes;
  if (bytes.length === 4) return first === 169 && second === 254;
  return first === 0xfe && (second & 0xc0) === 0x80;
}

function isMulticast({ bytes: [first = 0], size }: IpAddress): boolean {
  return size === 4 ? first >= 224 && first < 240 : first === 255;
}

/** `<IP>.isGlobalUnicast() -> <bool>`: none of the others, nor `255.255.255.255`; private addresses are global. */
function isGlobalUnicast(address: IpAddress): Result {
  if (isZero(address) || isLoopback(address) || isMulticast(address) || isLinkLocalUnicast(address)) return false;
  return address.size === 16 || address.bytes.some((byte) => byte !== 255);
}

/** `string(<IP>) -> <string>`: the canonical form. */
function asString(address: IpAddress): Result {
  return address.toString();
}

const IP_MEMBERS = { family, isUnspecified, isLoopback, isLinkLocalMulticast, isLinkLocalUnicast, isGlobalUnicast };

const id = (name: string): string => `ip_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

/** Kubernetes' `ip` library, since 1.30. The members cost 1. */
export const IP: Library = {
  name: 'ip',
  constants: [{ name: 'net.IP', type: typeOf(IP_TYPE), value: new TypeValue('net.IP') }],
  functions: [
    declare('ip', [{ ...foldable(global('string_to_ip', [STRING], IP_TYPE, ip)), cost: readsFirst }]),
    declare('isIP', [global('is_ip', [STRING], BOOL, isIP)], readsFirst),
    declare('ip.isCanonical', [global('ip_is_canonical', [STRING], BOOL, isCanonical)], readsAndWritesFirst),
    declare('string', [global('ip_to_string', [IP_TYPE], STRING, asString)]),
    ...Object.entries(IP_MEMBERS).map(([name, call]) =>
      declare(name, [member(id(name), [IP_TYPE], name === 'family' ? INT : BOOL, call)]),
    ),
  ],
};
