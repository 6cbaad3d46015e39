// IP addresses as numbers, each with its one canonical spelling. What a v6 spelling of a v4 address means is that v4
// address, so that no list is passed by writing an address differently. Node itself reads them: `net.isIP` knows neither
// octal, hexadecimal nor short forms, and `URL` spells v6 as RFC 5952 says. (ipaddr.js was looked at: it takes all of those
// forms, and `::1.2.3.4` for the v4 address 1.2.3.4.)

import { isIP } from 'node:net';

export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly text: string;
}

/** The last 32 bits of ::ffff:0:0/96 are a v4 address (RFC 4291, section 2.5.5.2). */
export const MAPPED_PREFIX_BITS = 96;

/** No address is longer, so that hostile texts cost nothing. */
const LENGTH_MAX = 45;

/** Null for what is not an address, and for one with a zone, which means something on one machine only. */
export function parseIpAddress(text: string): IpAddress | null {
  const address = readIpAddress(text);
  return address === null ? null : unmapped(address);
}

/** As `parseIpAddress`, but a mapped address stays the v6 address that it is written as. */
export function readIpAddress(text: string): IpAddress | null {
  if (text.length > LENGTH_MAX || text.includes('%')) return null;
  switch (isIP(text)) {
    case 4:
      return { bits: 32, value: joinGroups(text.split('.').map(Number), 8n), text };
    case 6:
      return readV6(text);
    default:
      return null;
  }
}

export function isMapped({ bits, value }: IpAddress): boolean {
  return bits === 128 && value >> 32n === 0xffffn;
}

function unmapped(address: IpAddress): IpAddress {
  return isMapped(address) ? ipAddressOf(32, address.value & 0xffff_ffffn) : address;
}

/** The address with this number. */
export function ipAddressOf(bits: 32 | 128, value: bigint): IpAddress {
  if (bits === 32) return { bits, value, text: splitGroups(value, 4, 8n).join('.') };
  const groups = splitGroups(value, 8, 16n).map((group) => group.toString(16));
  return { bits, value, text: spellV6(groups.join(':')) };
}

function readV6(written: string): IpAddress {
  const text = spellV6(written);
  const [head = '', tail] = text.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const before = [...head];
  const after = tail ?? [];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return { bits: 128, value: joinGroups(groups, 16n), text };
}

function spellV6(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

function joinGroups(groups: readonly number[], groupBits: bigint): bigint {
  return groups.reduce((value, group) => (value << groupBits) | BigInt(group), 0n);
}

function splitGroups(value: bigint, count: number, groupBits: bigint): readonly number[] {
  return Array.from({ length: count }, (_, index) =>
    Number(BigInt.asUintN(Number(groupBits), value >> (groupBits * BigInt(count - 1 - index)))),
  );
}
