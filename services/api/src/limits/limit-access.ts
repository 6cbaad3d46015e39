// Which limits a caller can see, make and change. The operator's own stand above the customer's: a customer sees what it is
// held to and can add to it, but what the operator set it cannot loosen.

import type { Limit, LimitSetBy } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { CallContext } from '../route.ts';
import { confinedTo, mustBeSeen } from '../tenancy.ts';

type Access = Pick<CallContext, 'caller' | 'records'>;

/** Of one customer, or of the organization. Every event of theirs is held against each of their limits. */
const LIMITS_MAX: Readonly<Record<LimitSetBy, number>> = { operator: 1_000, customer: 200 };

export function setBy(caller: Caller): LimitSetBy {
  return confinedTo(caller) === null ? 'operator' : 'customer';
}

export async function seenLimit(id: string | undefined, { caller, records }: Access): Promise<Limit> {
  return mustBeSeen(caller, await records.limit(id ?? ''), ({ customerId }) => customerId);
}

/** As `seenLimit`, and the caller may change it, and nobody else does before the transaction ends. */
export async function lockedLimit(id: string | undefined, { caller, records }: Access): Promise<Limit> {
  const limit = mustBeSeen(caller, await records.lockLimit(id ?? ''), ({ customerId }) => customerId);
  checkMayChange(caller, limit);
  if (limit.scope.id === caller.keyId) {
    throw new TollgateError({
      code: 'conflict',
      detail: 'A key cannot change its own limits. Use another key to do it.',
    });
  }
  if (limit.customerId !== null && (await records.prepaidLimit(limit.customerId))?.limitId === limit.id) {
    throw new TollgateError({
      code: 'conflict',
      detail:
        'The limit follows the credit of a customer that pays ahead. Grant or revoke credit, or change how it is billed.',
    });
  }
  return limit;
}

export function checkMayChange(caller: Caller, limit: { readonly setBy: LimitSetBy }): void {
  if (setBy(caller) === 'operator' || limit.setBy === 'customer') return;
  throw new TollgateError({
    code: 'insufficient_scope',
    detail: "The operator set this, and only the operator's keys change it. Limits of your own can be added beside it.",
  });
}

/** Fails with `conflict` when there would be more than are looked after. Others that would be made wait for this one. */
export async function checkRoom(
  { records }: Pick<Access, 'records'>,
  of: Pick<Limit, 'customerId' | 'setBy'> & { readonly more: number },
): Promise<void> {
  const max = LIMITS_MAX[of.setBy];
  const count = await records.countLimits(of);
  if (count + of.more <= max) return;
  const whose = of.customerId === null ? 'The organization' : 'The customer';
  throw new TollgateError({
    code: 'conflict',
    detail: `${whose} has ${count} limits set by the ${of.setBy} and may have ${max}. Delete some first, or defaults that give each key its own.`,
  });
}
