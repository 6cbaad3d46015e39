// Looks up the name of a receiver and gives its addresses to the connection that is about to be made, so that what was
// checked is what is called: nothing is looked up a second time, and a name that changes its mind changes nothing.

import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { mayCallAddress, type ReceiverRules } from '@tollgate/auth';
import type { WebhookError } from '@tollgate/domain';

/** What is asked of the resolver of `node:dns`. */
export interface NameResolver {
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
}

/** Of one name; more are not looked at. */
const ADDRESSES_MAX = 32;

export class LookupFailure extends Error {
  override readonly name = 'LookupFailure';
  readonly reason: Extract<WebhookError, 'name_not_resolved' | 'forbidden_address'>;

  constructor(reason: LookupFailure['reason']) {
    super(reason);
    this.reason = reason;
  }
}

export function createReceiverLookup(resolver: NameResolver, rules: Pick<ReceiverRules, 'allowed'>): LookupFunction {
  return (name, { all, family }, callback) => {
    resolveReceiver(resolver, { name, rules }).then(
      (addresses) => {
        const wanted = addresses.filter((address) => !isFamily(family) || address.family === family);
        const [first] = wanted;
        if (first === undefined) callback(new LookupFailure('name_not_resolved'), []);
        else if (all === true) callback(null, [...wanted]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };
}

function isFamily(family: unknown): family is 4 | 6 {
  return family === 4 || family === 6;
}

/** One address that may not be called is enough: who answers with such a one is not asked which was meant. */
async function resolveReceiver(
  resolver: NameResolver,
  { name, rules }: { readonly name: string; readonly rules: Pick<ReceiverRules, 'allowed'> },
): Promise<readonly LookupAddress[]> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses: LookupAddress[] = [
    ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 })),
    ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 })),
  ];
  if (addresses.length === 0) throw new LookupFailure('name_not_resolved');
  const isForbidden =
    addresses.length > ADDRESSES_MAX || !addresses.every(({ address }) => mayCallAddress(address, rules));
  if (isForbidden) throw new LookupFailure('forbidden_address');
  return addresses;
}
