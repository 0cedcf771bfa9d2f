import { expect, it } from 'vitest';
import { ipHosts } from './ip-host.ts';

it.each([
  ['172.21.51.143', ['172.21.51.143']],
  [' 10.0.0.1:3306 ', ['10.0.0.1']],
  ['http://10.0.0.1', ['10.0.0.1']],
  ['jdbc:mysql://shop:x@10.0.0.1:3306/shop?a=10.0.0.2', ['10.0.0.1']],
  ['10.0.0.1:9092,10.0.0.2:9092,10.0.0.1:9093', ['10.0.0.1', '10.0.0.2']],
  ['kafka.shop:9092, PLAINTEXT://10.0.0.2:9092', ['10.0.0.2']],
  ['10.0.0.1/shop', ['10.0.0.1']],
  ['fd00::10', ['fd00::10']],
  ['[FD00::10]:80', ['FD00::10']],
  ['https://[fd00::10]:8443/x', ['fd00::10']],
  ['::ffff:10.0.0.1', ['::ffff:10.0.0.1']],
])('finds in %j %j', (text, hosts) => {
  expect(ipHosts(text)).toEqual(hosts);
});

it.each([
  ...['', 'mysql', 'mysql:3306', 'http://mysql.shop.svc:80/10.0.0.1', '10.0.0.0/8', 'fd00::/8', '127.0.0.1:80', '::1'],
  ...['0.0.0.0:8080', '::', '[::]:80', '169.254.169.254', 'fe80::1', 'ff02::1', '224.0.0.1', '1.2.3', '1.2.3.4.5'],
  ...[
    '10.0.0.256',
    '010.0.0.1',
    'v10.0.0.1',
    '10.0.0.1.nip.io',
    'upstream 10.0.0.1:80',
    'host = 10.0.0.1\nport = 80',
    '12:30',
    '::ffff:127.0.0.1',
  ],
])('finds none in %j', (text) => {
  expect(ipHosts(text)).toEqual([]);
});

it('leaves a megabyte alone', () => {
  const start = performance.now();
  expect(ipHosts('10.0.0.1,'.repeat(1e5))).toEqual([]);
  expect(performance.now() - start).toBeLessThan(100);
});
