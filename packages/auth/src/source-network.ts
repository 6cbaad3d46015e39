// What is held to account for the guesses that come from an address: the v4 address itself, or the /64 of a v6 address,
// since whoever has one address of a /64 mostly has all of them.

import { rangeAround } from './address-range.ts';
import { parseIpAddress } from './ip-address.ts';

const V6_NETWORK_BITS = 64;

/** `192.0.2.7`, or `2001:db8:0:1::/64`. What is not an address stands for itself. */
export function sourceNetworkOf(address: string): string {
  // Addresses come canonical: a v4 one has no colon, and stands for itself.
  if (!address.includes(':')) return address;
  const parsed = parseIpAddress(address);
  if (parsed === null) return address;
  return parsed.bits === 32 ? parsed.text : rangeAround(parsed, V6_NETWORK_BITS).text;
}

/** The network of so many bits that the address is in, such as `192.0.2.0/24`; null for what is not an address. */
export function networkOf(
  address: string,
  { v4Bits, v6Bits }: { readonly v4Bits: number; readonly v6Bits: number },
): string | null {
  const parsed = parseIpAddress(address);
  return parsed === null ? null : rangeAround(parsed, parsed.bits === 32 ? v4Bits : v6Bits).text;
}
