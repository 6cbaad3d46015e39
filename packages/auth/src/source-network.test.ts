import { expect, it } from 'vitest';
import { sourceNetworkOf } from './source-network.ts';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
  ['::1', '::/64'],
  ['unknown', 'unknown'],
])('%s is of %s', (address, network) => {
  expect(sourceNetworkOf(address)).toBe(network);
});
