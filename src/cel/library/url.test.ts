import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { equals } from '../equality.ts';
import type { MapValue, Value } from '../value.ts';
import { URL_LIBRARY } from './url.ts';

const url = (text: string): Value => call(URL_LIBRARY, 'url', text);
const get = (part: string, text: string): Value => call(URL_LIBRARY, part, url(text));

describe('url', () => {
  it('takes a URL apart as Go does', () => {
    const text = 'HTTPS://user:pass@[::1]:80/a b?x=1&x=2#f';
    expect(get('getScheme', text)).toBe('https');
    expect(get('getHost', text)).toBe('[::1]:80');
    expect(get('getHostname', text)).toBe('::1');
    expect(get('getPort', text)).toBe('80');
    expect(get('getEscapedPath', text)).toBe('/a%20b');
  });

  it('keeps valid escapes and repeated parameters', () => {
    expect(get('getEscapedPath', '/a%2fb')).toBe('/a%2fb');
    const query = get('getQuery', '/?k=a+b&k=%C3%A9&=x&bad=%zz;') as MapValue;
    expect([...query.entries.values()]).toEqual([
      { key: 'k', value: ['a b', 'é'] },
      { key: '', value: ['x'] },
    ]);
  });

  it('says what is wrong', () => {
    const start = 'error: URL parse error during conversion from string: parse';
    expect(url('../x')).toBe(`${start} "../x": invalid URI for request`);
    expect(url('https://a:b/')).toBe(`${start} "https://a:b/": invalid port ":b" after host`);
  });

  it('reads what it writes as the same URL', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
        const parsed = url(text);
        fc.pre(typeof parsed !== 'string');
        expect(equals(url(String(parsed)), parsed)).toBe(true);
      }),
    );
  });

  it('answers for any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(typeof call(URL_LIBRARY, 'isURL', text)).toBe('boolean');
      }),
    );
  });
});
