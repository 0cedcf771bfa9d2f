import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import type { Value } from '../value.ts';
import { CIDR } from './cidr.ts';
import { IP } from './ip.ts';

const ip = (text: string): Value => call(IP, 'ip', text);
const cidr = (text: string): Value => call(CIDR, 'cidr', text);

describe('ip', () => {
  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['0:0:1:0:0:0:1:0', '0:0:1::1:0'],
    ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4'],
    ['::', '::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    [
      '010.0.0.1',
      'error: IP Address "010.0.0.1" parse error during conversion from string: ParseAddr("010.0.0.1"): IPv4 field has octet with leading zero',
    ],
    ['fe80::1%eth0', 'error: IP address "fe80::1%eth0" with zone value is not allowed'],
    ['::ffff:1.2.3.4', 'error: IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed'],
  ])('%s is %s', (text, form) => expect(String(ip(text))).toBe(form));

  it('reads its canonical form as the same address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = ip(text);
        fc.pre(typeof address !== 'string');
        expect(call(IP, 'ip.isCanonical', String(address))).toBe(true);
        expect(ip(String(address))).toEqual(address);
      }),
    );
  });
});

describe('cidr', () => {
  it('contains what shares its prefix', () => {
    expect(call(CIDR, 'containsIP', cidr('10.0.0.0/9'), '10.127.255.255')).toBe(true);
    expect(call(CIDR, 'containsIP', cidr('10.0.0.0/9'), '10.128.0.0')).toBe(false);
    expect(call(CIDR, 'containsIP', cidr('0.0.0.0/0'), '::1')).toBe(false);
    expect(call(CIDR, 'containsCIDR', cidr('10.0.0.0/8'), '10.1.0.0/16')).toBe(true);
    expect(call(CIDR, 'containsCIDR', cidr('10.1.0.0/16'), '10.0.0.0/8')).toBe(false);
  });

  it('contains its own address and its masked self', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), (text, bits) => {
        const network = cidr(`${text}/${bits}`);
        expect(call(CIDR, 'containsIP', network, call(CIDR, 'ip', network))).toBe(true);
        expect(call(CIDR, 'containsCIDR', network, call(CIDR, 'masked', network))).toBe(true);
      }),
    );
  });
});
