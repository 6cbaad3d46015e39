// Ranges of addresses in CIDR notation, in one spelling each. Another spelling of the same range is refused rather than
// corrected: `10.0.0.1/8` or `010.0.0.1` may be a slip, and a list that guards keys must say what it means.

import { type IpAddress, ipAddressOf, isMapped, MAPPED_PREFIX_BITS, readIpAddress } from './ip-address.ts';

/** In one list, of a key or of proxies. */
export const ADDRESS_RANGES_MAX = 100;

export interface AddressRange {
  readonly bits: 32 | 128;
  readonly prefixBits: number;
  /** The prefix, without the bits after it. */
  readonly prefix: bigint;
  /** The canonical spelling: `10.0.0.0/8`, `2001:db8::/32`. */
  readonly text: string;
}

/** A range, or a sentence that says what to write instead: the detail of an `invalid_cidr`. */
export type ParsedRange =
  | { readonly kind: 'range'; readonly range: AddressRange }
  | { readonly kind: 'refused'; readonly detail: string };

const RANGE_LENGTH_MAX = 64;
const PREFIX_BITS = /^(?:0|[1-9]\d{0,2})$/;
const LEADING_ZEROS = /(?<![\d.])(?:0*\d{1,3}\.){3}0*\d{1,3}(?![\d.])/;

/**
 * Reads `address/prefix`, or a plain address, which is the range of itself alone. A range of v4-mapped v6 addresses
 * (`::ffff:10.0.0.0/104`) is the range of those v4 addresses; any other v6 range holds no v4 address.
 */
export function parseAddressRange(text: string): ParsedRange {
  if (text.length > RANGE_LENGTH_MAX) return refused('An address range has 64 characters at most.');
  const slash = text.indexOf('/');
  const addressText = slash === -1 ? text : text.slice(0, slash);
  const address = readIpAddress(addressText);
  if (address === null) return refused(whyNoAddress(addressText));
  const prefixText = slash === -1 ? `${address.bits}` : text.slice(slash + 1);
  const prefixBits = Number(prefixText);
  if (!PREFIX_BITS.test(prefixText) || prefixBits > address.bits) {
    return refused(`After the slash stands a whole number from 0 to ${address.bits}, without leading zeros.`);
  }
  const first = firstAddress(address, prefixBits);
  const range = unmappedRange(first, prefixBits);
  if (first.value !== address.value) {
    return refused(`${quote(text)} has bits set after its prefix: write ${quote(range.text)}.`);
  }
  if (!isCanonical(addressText, address)) return refused(`Write ${quote(range.text)} for ${quote(text)}.`);
  return { kind: 'range', range };
}

/** Is every address of the one in the other? */
export function isWithinRange(inner: AddressRange, outer: AddressRange): boolean {
  if (inner.bits !== outer.bits || inner.prefixBits < outer.prefixBits) return false;
  return inner.prefix >> BigInt(inner.prefixBits - outer.prefixBits) === outer.prefix;
}

/** The range of the addresses that share their first bits with this one. */
export function rangeAround(address: IpAddress, prefixBits: number): AddressRange {
  return unmappedRange(firstAddress(address, prefixBits), prefixBits);
}

function firstAddress({ bits, value }: IpAddress, prefixBits: number): IpAddress {
  const rest = BigInt(bits - prefixBits);
  return ipAddressOf(bits, (value >> rest) << rest);
}

function unmappedRange(first: IpAddress, prefixBits: number): AddressRange {
  const isV4 = isMapped(first) && prefixBits >= MAPPED_PREFIX_BITS;
  const { bits, value, text } = isV4 ? ipAddressOf(32, first.value & 0xffff_ffffn) : first;
  const ownBits = isV4 ? prefixBits - MAPPED_PREFIX_BITS : prefixBits;
  return { bits, prefixBits: ownBits, prefix: value >> BigInt(bits - ownBits), text: `${text}/${ownBits}` };
}

/** A mapped address is mostly written with its v4 part in decimals (RFC 5952, section 5). */
function isCanonical(written: string, address: IpAddress): boolean {
  if (written === address.text) return true;
  return isMapped(address) && written === `::ffff:${ipAddressOf(32, address.value & 0xffff_ffffn).text}`;
}

function whyNoAddress(text: string): string {
  const [withoutZone = '', zone] = text.split('%');
  if (zone !== undefined && readIpAddress(withoutZone) !== null) {
    return `A zone means something on one machine only: write ${quote(withoutZone)} without it.`;
  }
  if (LEADING_ZEROS.test(text)) {
    const decimal = text.replaceAll(/(?<!\d)0+(?=\d)/g, '');
    if (readIpAddress(decimal) !== null) {
      return `Some programs read leading zeros as octal: write ${quote(decimal)} if that is meant.`;
    }
  }
  return `${quote(text)} is no IP address. Write v4 as four decimal numbers, such as 192.0.2.0/24, and v6 as 2001:db8::/32.`;
}

function refused(detail: string): ParsedRange {
  return { kind: 'refused', detail };
}

function quote(text: string): string {
  return `\`${text.replaceAll(/[^\x21-\x5f\x61-\x7e]/g, '?')}\``;
}
