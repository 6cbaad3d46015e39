// What a key's holder may make of other keys of the same owner: nothing that may do more than the holder's own key. One
// rule for making, changing, enabling and rotating, since a new secret is as good as a new key: what comes out must lie
// within the caller's scopes, models, addresses, rates and time. Pure.

import type { ApiKey } from '@tollgate/accounts';
import { type AddressRange, type Caller, isWithinRange, parseAddressRange } from '@tollgate/auth';
import { type FieldError, holdsScope, matchesModel, TollgateError } from '@tollgate/domain';

/** What of a key says what it may do. */
export type Powers = Pick<ApiKey, 'scopes' | 'allowedModels' | 'allowedIps' | 'rateLimits' | 'expiresAtMs'>;

/** Fails with `insufficient_scope` when the key could do something that its caller's key cannot. */
export function checkWithinBounds(caller: Caller, key: Powers & Pick<ApiKey, 'customerId'>): void {
  // The operator stands above its customers' keys; among keys of the same owner, nobody is above.
  const errors = key.customerId === caller.customerId ? excessOf(key, caller) : excessOfScopes(key, caller);
  if (errors.length === 0) return;
  throw new TollgateError({
    code: 'insufficient_scope',
    detail: 'A key can only hand on what it may do itself, and this one may do less. See `errors`.',
    errors,
  });
}

function excessOf(key: Powers, bound: Powers): readonly FieldError[] {
  return [
    ...excessOfScopes(key, bound),
    ...excessOfList('/allowed_models', {
      list: key.allowedModels,
      bound: bound.allowedModels,
      // In the inner pattern a star is a character like any other, which only a star of the outer one takes in.
      isWithin: (inner, outer) => matchesModel(outer, inner),
    }),
    ...excessOfList('/allowed_ips', {
      list: key.allowedIps,
      bound: bound.allowedIps,
      isWithin: (inner, outer) => isWithin(rangeOf(inner), rangeOf(outer)),
    }),
    ...excessOfAmount('/rate_limits/requests_per_minute', {
      amount: key.rateLimits.requestsPerMinute,
      bound: bound.rateLimits.requestsPerMinute,
    }),
    ...excessOfAmount('/rate_limits/tokens_per_minute', {
      amount: key.rateLimits.tokensPerMinute,
      bound: bound.rateLimits.tokensPerMinute,
    }),
    ...excessOfTime(key.expiresAtMs, bound.expiresAtMs),
  ];
}

function excessOfScopes({ scopes }: Powers, bound: Powers): readonly FieldError[] {
  return scopes.flatMap((scope, index) =>
    holdsScope(bound.scopes, scope)
      ? []
      : [{ pointer: `/scopes/${index}`, detail: `\`${scope}\` is not held by the key that would grant it.` }],
  );
}

interface ListInBounds {
  readonly list: readonly string[] | null;
  readonly bound: readonly string[] | null;
  readonly isWithin: (inner: string, outer: string) => boolean;
}

/** Each entry must lie within one of the bound's: what only two of them together would take in is refused. */
function excessOfList(pointer: string, { list, bound, isWithin }: ListInBounds): readonly FieldError[] {
  if (bound === null) return [];
  const within = bound.join(', ');
  if (list === null) return [{ pointer, detail: `must be a list within ${within}.` }];
  return list.flatMap((inner, index) =>
    bound.some((outer) => isWithin(inner, outer))
      ? []
      : [{ pointer: `${pointer}/${index}`, detail: `must lie within one of ${within}.` }],
  );
}

function rangeOf(text: string): AddressRange | undefined {
  const parsed = parseAddressRange(text);
  return parsed.kind === 'range' ? parsed.range : undefined;
}

function isWithin(inner: AddressRange | undefined, outer: AddressRange | undefined): boolean {
  return inner !== undefined && outer !== undefined && isWithinRange(inner, outer);
}

interface AmountInBounds {
  readonly amount: number | null;
  readonly bound: number | null;
}

function excessOfAmount(pointer: string, { amount, bound }: AmountInBounds): readonly FieldError[] {
  if (bound === null || (amount !== null && amount <= bound)) return [];
  return [{ pointer, detail: `must be ${bound} at most.` }];
}

function excessOfTime(expiresAtMs: number | null, boundMs: number | null): readonly FieldError[] {
  if (boundMs === null || (expiresAtMs !== null && expiresAtMs <= boundMs)) return [];
  return [{ pointer: '/expires_at', detail: `must be ${new Date(boundMs).toISOString()} or before.` }];
}
