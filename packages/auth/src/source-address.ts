// Where a request comes from. Anybody can write a forwarding header, so it counts only as far as listed proxies vouch
// for it: from the right, each hop is believed because the one that wrote it down is trusted.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { EnvironmentReader } from '@tollgate/runtime';
import { type AddressList, createAddressList } from './address-list.ts';
import { ADDRESS_RANGES_MAX, type AddressRange, parseAddressRange } from './address-range.ts';
import { forwardedFor } from './forwarded-for.ts';
import { parseIpAddress } from './ip-address.ts';

export interface TrustedProxies {
  readonly addresses: AddressList;
  /**
   * The one header that the proxies write. They pass the other through as the sender wrote it, so that one is never read.
   */
  readonly header: 'x-forwarded-for' | 'forwarded';
}

/** What stands for the address of a sender that has gone already. */
const UNKNOWN_ADDRESS = 'unknown';

/** The sender's address in canonical spelling: v4, also where the socket says `::ffff:10.0.0.1`, or v6. */
export function sourceAddressOf(req: IncomingMessage, { addresses, header }: TrustedProxies): string {
  const peer = peerOf(req.socket);
  if (peer === undefined) return UNKNOWN_ADDRESS;
  if (addresses.isEmpty || !addresses.has(peer)) return peer;
  const value = req.headers[header];
  if (value === undefined) return peer;
  const hops = forwardedFor(header, String(value));
  let source = peer;
  while (addresses.has(source)) {
    const hop = canonical(hops.pop() ?? '');
    // The sender itself, or a hop that cannot be read: the last one that was vouched for stands.
    if (hop === undefined) return source;
    source = hop;
  }
  return source;
}

/** `TOLLGATE_TRUSTED_PROXIES` (addresses and ranges) and `TOLLGATE_FORWARDED_HEADER`. */
export function readTrustedProxies(env: EnvironmentReader): TrustedProxies {
  const ranges: AddressRange[] = [];
  env.list('TOLLGATE_TRUSTED_PROXIES', {
    countMax: ADDRESS_RANGES_MAX,
    flawOf(text) {
      const parsed = parseAddressRange(text);
      if (parsed.kind === 'refused') return parsed.detail;
      ranges.push(parsed.range);
      return undefined;
    },
  });
  return {
    addresses: createAddressList(ranges),
    header: env.choice('TOLLGATE_FORWARDED_HEADER', {
      choices: ['x-forwarded-for', 'forwarded'],
      default: 'x-forwarded-for',
    }),
  };
}

/** A connection's peer never changes, and most connections carry many requests. */
const peers = new WeakMap<Socket, string>();

function peerOf(socket: Socket): string | undefined {
  const known = peers.get(socket);
  if (known !== undefined) return known;
  const peer = canonical(socket.remoteAddress ?? '');
  if (peer !== undefined) peers.set(socket, peer);
  return peer;
}

function canonical(text: string): string | undefined {
  // A link-local peer carries its zone (`fe80::1%eth0`), which no list and no other machine knows.
  const zone = text.indexOf('%');
  return parseIpAddress(zone === -1 ? text : text.slice(0, zone))?.text;
}
