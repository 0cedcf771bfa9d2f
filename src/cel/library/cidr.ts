import type { Library } from '../function.ts';
import { BOOL, INT, STRING, typeOf } from '../type.ts';
import { TypeValue } from '../type-value.ts';
import { Boxed, CelError, type Result, type Value } from '../value.ts';
import { readsFirst, sizeOf, traversal } from './cost.ts';
import { declare, foldable, global, member } from './declare.ts';
import { ip } from './ip.ts';
import { IpAddress, isMappedIPv4, parseAddress } from './ip-address.ts';
import { CIDR_TYPE, IP_TYPE } from './kubernetes-types.ts';
import { quote } from './quote.ts';

/** An address with the length of its network prefix; the bits behind the prefix need not be 0. */
export class Cidr extends Boxed {
  readonly typeName = 'net.CIDR';
  readonly address: IpAddress;
  readonly prefixLength: number;

  constructor(address: IpAddress, prefixLength: number) {
    super();
    this.address = address;
    this.prefixLength = prefixLength;
  }

  override get size(): number {
    return Math.ceil(this.prefixLength / 8);
  }

  override equals(other: Value): boolean {
    return other instanceof Cidr && this.prefixLength === other.prefixLength && this.address.equals(other.address);
  }

  override comparable(other: Value): boolean {
    return other instanceof Cidr;
  }

  override toString(): string {
    return `${this.address}/${this.prefixLength}`;
  }
}

function parsePrefix(text: string): Cidr | string {
  const wrong = (message: string): string => `netip.ParsePrefix(${quote(text)}): ${message}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return wrong("no '/'");
  const address = parseAddress(text.slice(0, slash));
  if (!address.ok) return wrong(address.message);
  if (address.zone !== '') return wrong('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (!/^(?:[0-9]|[1-9][0-9]{0,17})$/.test(bits)) return wrong(`bad bits after slash: ${quote(bits)}`);
  if (Number(bits) > address.bytes.length * 8) return wrong('prefix length out of range');
  return new Cidr(new IpAddress(address.bytes), Number(bits));
}

/**
 * `cidr(<string>) -> <CIDR>`. Errors: why it is none, as Go's `netip` words it; IPv4-mapped IPv6 is refused.
 */
function cidr(text: string): Cidr | CelError {
  const prefix = 'network address parse error during conversion from string: ';
  const parsed = parsePrefix(text);
  if (typeof parsed === 'string') return new CelError(`${prefix}${prefix}${parsed}`);
  if (!isMappedIPv4(parsed.address.bytes)) return parsed;
  return new CelError(`${prefix}IPv4-mapped IPv6 address ${quote(text)} is not allowed`);
}

/** `isCIDR(<string>) -> <bool>`: whether `cidr` takes it. */
function isCIDR(text: string): Result {
  return cidr(text) instanceof Cidr;
}

/**
 * `<CIDR>.containsIP(<IP>) -> <bool>`, `<CIDR>.containsIP(<string>) -> <bool>`. Errors: `no such overload` for a string
 * that is no address.
 */
function containsIP(network: Cidr, other: IpAddress | string): Result {
  const address = typeof other === 'string' ? ip(other) : other;
  return address instanceof CelError ? new CelError('no such overload') : sharesPrefix(network, address);
}

/** `<CIDR>.containsCIDR(<CIDR>) -> <bool>`, `<CIDR>.containsCIDR(<string>) -> <bool>`. Errors: those of `cidr`. */
function containsCIDR(network: Cidr, other: Cidr | string): Result {
  const inner = typeof other === 'string' ? cidr(other) : other;
  if (inner instanceof CelError) return inner;
  return network.prefixLength <= inner.prefixLength && sharesPrefix(network, inner.address);
}

function sharesPrefix({ address, prefixLength }: Cidr, other: IpAddress): boolean {
  if (address.size !== other.size) return false;
  return address.bytes.every((byte, index) => ((byte ^ (other.bytes[index] ?? 0)) & mask(prefixLength, index)) === 0);
}

/** The bits of the byte at `index` that belong to the prefix. */
function mask(prefixLength: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - 8 * index));
  return (0xff << (8 - bits)) & 0xff;
}

/** `<CIDR>.ip() -> <IP>`: the address as written, with the bits behind the prefix. */
function address(network: Cidr): Result {
  return network.address;
}

/** `<CIDR>.masked() -> <CIDR>`: with the bits behind the prefix set to 0. */
function masked({ address: { bytes }, prefixLength }: Cidr): Result {
  return new Cidr(new IpAddress(bytes.map((byte, index) => byte & mask(prefixLength, index))), prefixLength);
}

/** `<CIDR>.prefixLength() -> <int>`. */
function prefixLength(network: Cidr): Result {
  return network.prefixLength;
}

/** `string(<CIDR>) -> <string>`. */
function asString(network: Cidr): Result {
  return network.toString();
}

type Arguments = readonly Value[];

const containsIPCost = ([network]: Arguments): number => traversal(sizeOf(network) * 2);
const containsCIDRCost = ([network]: Arguments): number =>
  containsIPCost([network as Value]) + traversal(sizeOf(network)) + 1;

/** A string is parsed first: the cost of an overload that takes one, over that of a parsed value. */
function withParsing(cost: (args: Arguments) => number): (args: Arguments) => number {
  return (args) => cost(args) + traversal(sizeOf(args[1]));
}

const C = CIDR_TYPE;

/** Kubernetes' `cidr` library, since 1.30. */
export const CIDR: Library = {
  name: 'cidr',
  constants: [{ name: 'net.CIDR', type: typeOf(C), value: new TypeValue('net.CIDR') }],
  functions: [
    declare('cidr', [foldable(global('string_to_cidr', [STRING], C, cidr))], readsFirst),
    declare('isCIDR', [global('is_cidr', [STRING], BOOL, isCIDR)], readsFirst),
    declare(
      'containsIP',
      [
        { ...member('cidr_contains_ip_string', [C, STRING], BOOL, containsIP), cost: withParsing(containsIPCost) },
        member('cidr_contains_ip_ip', [C, IP_TYPE], BOOL, containsIP),
      ],
      containsIPCost,
    ),
    declare(
      'containsCIDR',
      [
        {
          ...member('cidr_contains_cidr_string', [C, STRING], BOOL, containsCIDR),
          cost: withParsing(containsCIDRCost),
        },
        member('cidr_contains_cidr', [C, C], BOOL, containsCIDR),
      ],
      containsCIDRCost,
    ),
    declare('ip', [{ ...member('cidr_ip', [C], IP_TYPE, address), cost: () => 1 }]),
    declare('masked', [member('cidr_masked', [C], C, masked)]),
    declare('prefixLength', [member('cidr_prefix_length', [C], INT, prefixLength)]),
    declare('string', [global('cidr_to_string', [C], STRING, asString)]),
  ],
};
