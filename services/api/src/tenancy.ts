// The tenancy boundary: a key without `admin` acts only inside its customer, and everything else is as if it were not.

import type { Caller } from '@tollgate/auth';
import { holdsScope, TollgateError } from '@tollgate/domain';

/** The customer that the caller is confined to; null for the operator, who acts for all. */
export function confinedTo(caller: Caller): string | null {
  if (caller.customerId !== null) return caller.customerId;
  if (holdsScope(caller.scopes, 'admin')) return null;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: 'This key belongs to no customer and does not hold `admin`, so there is nothing here that it may act on.',
  });
}

/** The customer that a request is about: the one it names, or the caller's own. Undefined: all of them. */
export function customerInQuestion(caller: Caller, named: string | undefined): string | undefined {
  const own = confinedTo(caller);
  if (own === null) return named;
  if (named === undefined || named === own) return own;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: "The key belongs to another customer than the one that is named. Leave it out, or name the key's own.",
  });
}

/** Another customer's things are not found: nobody learns that they exist. */
export function mustBeSeen<Thing>(
  caller: Caller,
  thing: Thing | null,
  customerOf: (thing: Thing) => string | null,
): Thing {
  const own = confinedTo(caller);
  if (thing === null || (own !== null && customerOf(thing) !== own)) throw notFound();
  return thing;
}

export function notFound(): TollgateError {
  return new TollgateError({ code: 'not_found', detail: 'There is no such thing here. Check the id and the path.' });
}
