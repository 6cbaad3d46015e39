// Which URLs webhooks may be sent to, and which addresses their names may lead to. A URL is taken in the spelling in which it
// is used, so that what is checked is what is called: `URL` alone takes decimal, octal, hexadecimal and short forms of an
// address, percent signs and letters of other alphabets for the same host.

import { isIP } from 'node:net';
import type { EnvironmentReader } from '@tollgate/runtime';
import { type AddressList, createAddressList } from './address-list.ts';
import { ADDRESS_RANGES_MAX, type AddressRange, parseAddressRange } from './address-range.ts';
import { isPublicAddress } from './public-address.ts';

export interface ReceiverRules {
  /** Addresses that are called although they are not public. */
  readonly allowed: AddressList;
  readonly isHttpAllowed: boolean;
  /** Null: any. */
  readonly ports: ReadonlySet<number> | null;
}

/** A URL that may be called as far as it tells, or a sentence that says what to write instead. */
export type ReceiverUrl =
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'refused'; readonly detail: string };

export const RECEIVER_URL_LENGTH_MAX = 2_048;
const NAME_LENGTH_MAX = 253;
const PORTS_MAX = 100;
const PORTS_SECURE = [443, 8443];
const PORTS_PLAIN = [80, 8080];

const VISIBLE = /^[\x21-\x5b\x5d-\x7e]+$/;
const PARTS = /^(https?):\/\/([^/?#]*)/;
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::([1-9]\d{0,4}))?$/;
const LABEL = /^(?!-)[0-9a-z-]{1,63}(?<!-)$/;

/** Names that mean something on one machine or in one network only (RFC 6761, RFC 6762, RFC 8375, ICANN). */
const PRIVATE_NAMES =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|invalid|onion)$/;

export function readReceiverRules(read: EnvironmentReader): ReceiverRules {
  const ranges = read.list('TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES', {
    countMax: ADDRESS_RANGES_MAX,
    flawOf: (text) => {
      const parsed = parseAddressRange(text);
      return parsed.kind === 'range' ? undefined : parsed.detail;
    },
  });
  const isHttpAllowed = read.choice('TOLLGATE_WEBHOOK_HTTP', { choices: ['no', 'yes'], default: 'no' }) === 'yes';
  const ports = read.list('TOLLGATE_WEBHOOK_PORTS', {
    countMax: PORTS_MAX,
    flawOf: (text) =>
      text === 'any' || (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535) ? undefined : `${text} is no port.`,
  });
  const usual = isHttpAllowed ? [...PORTS_SECURE, ...PORTS_PLAIN] : PORTS_SECURE;
  return {
    allowed: createAddressList(ranges.flatMap(rangeOrNone)),
    isHttpAllowed,
    ports: ports.includes('any') ? null : new Set(ports.length === 0 ? usual : ports.map(Number)),
  };
}

function rangeOrNone(text: string): readonly AddressRange[] {
  const parsed = parseAddressRange(text);
  return parsed.kind === 'range' ? [parsed.range] : [];
}

/** May this address be called, whatever name led to it? */
export function mayCallAddress(address: string, { allowed }: Pick<ReceiverRules, 'allowed'>): boolean {
  return isPublicAddress(address) || allowed.has(address);
}

export function readReceiverUrl(text: string, rules: ReceiverRules): ReceiverUrl {
  if (text.length > RECEIVER_URL_LENGTH_MAX) return refused(`A URL has ${RECEIVER_URL_LENGTH_MAX} characters at most.`);
  if (!VISIBLE.test(text)) return refused('Write the URL in ASCII, without blanks and backslashes (names as `xn--…`).');
  const [, scheme, authority] = PARTS.exec(text) ?? [];
  if (scheme === undefined || authority === undefined)
    return refused('Write an absolute URL that begins with `https://`.');
  if (scheme === 'http' && !rules.isHttpAllowed) return refused('Only `https` is called here.');
  if (authority.includes('@')) return refused('A URL with a name or password in it is not called. Use a header.');
  const [, written, portText] = AUTHORITY.exec(authority) ?? [];
  if (written === undefined || !URL.canParse(text)) return refused('The URL names no host that can be called.');
  const url = new URL(text);
  if (written.toLowerCase() !== url.hostname)
    return refused(`Write \`${url.hostname}\` for the host, if that is meant.`);
  const port = portText === undefined ? (scheme === 'http' ? 80 : 443) : Number(portText);
  if (rules.ports !== null && !rules.ports.has(port)) {
    return refused(`Port ${port} is not called here, only ${[...rules.ports].join(', ')}.`);
  }
  const flaw = flawOfHost(url.hostname, rules);
  return flaw === undefined ? { kind: 'url', url } : refused(flaw);
}

function flawOfHost(host: string, rules: ReceiverRules): string | undefined {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0) return mayCallAddress(address, rules) ? undefined : 'The address is not a public one.';
  if (host.length > NAME_LENGTH_MAX || !host.split('.').every((label) => LABEL.test(label))) {
    return 'The host is not written as a name in DNS is, without a dot at its end.';
  }
  // Where the operator lists private addresses, private names may lead to them; their addresses are checked as all are.
  if (!rules.allowed.isEmpty) return undefined;
  if (host.includes('.') && !PRIVATE_NAMES.test(host)) return undefined;
  return 'The name is one of a private network. Name a host that everybody can reach.';
}

function refused(detail: string): ReceiverUrl {
  return { kind: 'refused', detail };
}
