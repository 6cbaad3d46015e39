// Which addresses are those of the public Internet: what is not, is somebody's own network, this machine, or a way to one of
// them, and no user may have us send anything there. From IANA's registries of special-purpose addresses.

import { type AddressRange, parseAddressRange } from './address-range.ts';
import { parseIpAddress } from './ip-address.ts';

const V4_SPECIAL = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // shared by carriers (RFC 6598)
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // the platform of Azure, from inside
  '169.254.0.0/16', // link-local, metadata of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];

/** All that is assigned to be reached by everybody. Outside of it: loopback, unique local, link-local, NAT64, multicast. */
const V6_GLOBAL = '2000::/3';

const V6_SPECIAL = [
  '2001::/23', // protocol assignments, Teredo (a v4 address inside), ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: a v4 address inside
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];

const v4Special = V4_SPECIAL.map(range);
const v6Global = range(V6_GLOBAL);
const v6Special = V6_SPECIAL.map(range);

/** False for what is not an address. A v4-mapped v6 address is that v4 address. */
export function isPublicAddress(text: string): boolean {
  const address = parseIpAddress(text);
  if (address === null) return false;
  const isIn = ({ prefixBits, prefix }: AddressRange): boolean =>
    address.value >> BigInt(address.bits - prefixBits) === prefix;
  return address.bits === 32 ? !v4Special.some(isIn) : isIn(v6Global) && !v6Special.some(isIn);
}

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (parsed.kind === 'refused') throw new Error(parsed.detail);
  return parsed.range;
}
