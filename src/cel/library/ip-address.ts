import { Boxed, type Value } from '../value.ts';
import { quote } from './quote.ts';

/** An IPv4 or IPv6 address without a zone: 4 or 16 bytes in network order. */
export class IpAddress extends Boxed {
  readonly typeName = 'net.IP';
  readonly bytes: readonly number[];

  constructor(bytes: readonly number[]) {
    super();
    this.bytes = bytes;
  }

  override get size(): number {
    return this.bytes.length;
  }

  override equals(other: Value): boolean {
    return other instanceof IpAddress && sameBytes(this.bytes, other.bytes);
  }

  override comparable(other: Value): boolean {
    return other instanceof IpAddress;
  }

  /** The canonical form: IPv6 in lower case with the longest run of zeros as `::`. */
  override toString(): string {
    return this.bytes.length === 4 ? this.bytes.join('.') : formatIPv6(this.bytes);
  }
}

function sameBytes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function formatIPv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  const [start, end] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (end - start < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(end).join(':')}`;
}

function longestZeros(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best[1] - best[0]) best = [start, end];
  }
  return best;
}

/** A parsed address, or the message of the error in the words of Go's `netip`. */
export type ParsedAddress =
  | { readonly ok: true; readonly bytes: readonly number[]; readonly zone: string }
  | { readonly ok: false; readonly message: string };

/** Parses an address as Go's `netip.ParseAddr`: no leading zeros in IPv4, zones and embedded IPv4 in IPv6. */
export function parseAddress(text: string): ParsedAddress {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === undefined) return wrong(text, 'unable to parse IP');
  if (first === '%') return wrong(text, 'missing IPv6 address');
  if (first === ':') return parseIPv6(text);
  const parsed = parseIPv4(text, text);
  return 'message' in parsed ? { ok: false, ...parsed } : { ok: true, bytes: parsed, zone: '' };
}

/** True for `::ffff:a.b.c.d`, which Kubernetes refuses: it is an IPv4 address in disguise. */
export function isMappedIPv4(bytes: readonly number[]): boolean {
  return (
    bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  );
}

function wrong(text: string, message: string, at = ''): { readonly ok: false; readonly message: string } {
  const where = at === '' ? '' : ` (at ${quote(at)})`;
  return { ok: false, message: `ParseAddr(${quote(text)}): ${message}${where}` };
}

function parseIPv4(part: string, whole: string): number[] | { readonly message: string } {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let at = 0; at < part.length; at++) {
    const char = part.charAt(at);
    if (char >= '0' && char <= '9') {
      if (digits === 1 && value === 0) return wrong(whole, 'IPv4 field has octet with leading zero');
      value = value * 10 + Number(char);
      digits++;
      if (value > 255) return wrong(whole, 'IPv4 field has value >255');
    } else if (char !== '.') {
      return wrong(whole, 'unexpected character', part.slice(at));
    } else {
      if (digits === 0 || at === part.length - 1) {
        return wrong(whole, 'IPv4 field must have at least one digit', part.slice(at));
      }
      if (fields.length === 3) return wrong(whole, 'IPv4 address too long');
      fields.push(value);
      value = 0;
      digits = 0;
    }
  }
  if (fields.length < 3) return wrong(whole, 'IPv4 address too short');
  return [...fields, value];
}

function parseIPv6(text: string): ParsedAddress {
  const percent = text.indexOf('%');
  const zone = percent < 0 ? '' : text.slice(percent + 1);
  if (percent >= 0 && zone === '') return wrong(text, 'zone must be a non-empty string');
  const parsed = parseGroups(percent < 0 ? text : text.slice(0, percent), text);
  return 'message' in parsed ? { ok: false, ...parsed } : { ok: true, bytes: parsed, zone };
}

function parseGroups(address: string, whole: string): number[] | { readonly message: string } {
  let rest = address;
  let ellipsis = -1;
  if (rest.startsWith('::')) {
    ellipsis = 0;
    rest = rest.slice(2);
    if (rest === '') return new Array<number>(16).fill(0);
  }
  const bytes: number[] = [];
  while (bytes.length < 16) {
    const group = groupLength(rest);
    const problem = groupProblem(rest, group);
    if (problem !== undefined) return wrong(whole, problem, rest);
    if (rest[group] === '.') {
      const place = embeddedProblem(bytes.length, ellipsis);
      if (place !== undefined) return wrong(whole, place, rest);
      const embedded = parseIPv4(rest, whole);
      if ('message' in embedded) return embedded;
      bytes.push(...embedded);
      rest = '';
      break;
    }
    const value = Number.parseInt(rest.slice(0, group), 16);
    bytes.push(value >> 8, value & 255);
    rest = rest.slice(group);
    if (rest === '') break;
    if (rest[0] !== ':') return wrong(whole, 'unexpected character, want colon', rest);
    if (rest.length === 1) return wrong(whole, 'colon must be followed by more characters', rest);
    rest = rest.slice(1);
    if (rest[0] !== ':') continue;
    if (ellipsis >= 0) return wrong(whole, 'multiple :: in address', rest);
    ellipsis = bytes.length;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return wrong(whole, 'trailing garbage after address', rest);
  return expand(bytes, ellipsis) ?? wrong(whole, expansionProblem(ellipsis));
}

/** Up to the fifth hexadecimal digit: that one is already too many. */
function groupLength(rest: string): number {
  return /^[0-9a-fA-F]{0,5}/.exec(rest)?.[0].length ?? 0;
}

function groupProblem(rest: string, length: number): string | undefined {
  if (length > 4) return 'each group must have 4 or less digits';
  return length === 0 || rest === '' ? 'each colon-separated field must have at least one digit' : undefined;
}

function embeddedProblem(position: number, ellipsis: number): string | undefined {
  if (ellipsis < 0 && position !== 12) return 'embedded IPv4 address must replace the final 2 fields of the address';
  if (position > 12) return 'too many hex fields to fit an embedded IPv4 at the end of the address';
  return undefined;
}

function expand(bytes: readonly number[], ellipsis: number): number[] | undefined {
  if (bytes.length === 16 ? ellipsis >= 0 : ellipsis < 0) return undefined;
  const zeros = new Array<number>(16 - bytes.length).fill(0);
  return ellipsis < 0 ? [...bytes] : [...bytes.slice(0, ellipsis), ...zeros, ...bytes.slice(ellipsis)];
}

function expansionProblem(ellipsis: number): string {
  return ellipsis < 0 ? 'address string too short' : 'the :: must expand to at least one field of zeros';
}
