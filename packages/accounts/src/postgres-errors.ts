// What a failure of Postgres means to a caller, told by its class and SQLSTATE, never by its text.

import { TollgateError } from '@tollgate/domain';
import { DatabaseError } from 'pg';

const CONFLICT_DETAILS: Readonly<Record<string, string>> = {
  customers_external_id_is_unique: 'Another customer has this external_id. Use it, or choose another external_id.',
  api_keys_project_of_same_customer: "The project does not belong to the key's customer. Name one that does.",
  meters_slug_is_unique: 'There is, or was, a meter with this slug. A slug is never given again: choose another one.',
  subscriptions_one_at_a_time:
    'The customer has another subscription in that time. A customer has one at a time: end it first, or change it.',
  customer_coupons_once_at_a_time: 'The customer was given this coupon for that time already.',
  plan_versions_are_numbered_once: 'Another version of the plan was made meanwhile. Look at it, and try again.',
  credit_balance_is_not_negative: 'There is less left of the credit grant than would be taken from it.',
  carried_balance_is_not_negative: 'There is less left of what was carried over than would be taken from it.',
  invoices_one_of_a_period: 'The customer has another invoice of a period that overlaps.',
  invoices_number_is_unique: 'Another invoice has this number. Choose another prefix for numbers.',
  credit_notes_number_is_unique: 'Another credit note has this number. Choose another prefix for numbers.',
  rerates_applied_one_at_a_time: 'A re-rate of an overlapping period is being applied. Apply this one when it is done.',
};

/** Of what has to be unique, of foreign keys, of checks, and of what excludes each other. */
const CONFLICT_CODES = new Set(['23505', '23503', '23514', '23P01']);

// Connection trouble, resources used up, shutdown, and statements or locks that took too long.
const PASSING_CLASSES = new Set(['08', '53', '57', '55', '40']);

/** A `TollgateError` for what a caller can act on; anything else (a broken invariant, our mistake) stays as it is. */
export function toAccountsError(error: unknown): unknown {
  if (error instanceof TollgateError) return error;
  // What does not come from the server is a connection that could not be had or was lost.
  if (!(error instanceof DatabaseError)) return unavailable(error);
  const code = error.code ?? '';
  if (CONFLICT_CODES.has(code)) {
    const detail = CONFLICT_DETAILS[error.constraint ?? ''];
    if (detail !== undefined) return new TollgateError({ code: 'conflict', detail, cause: error });
  }
  if (PASSING_CLASSES.has(code.slice(0, 2))) return unavailable(error);
  return error;
}

function unavailable(cause: unknown): TollgateError {
  return new TollgateError({
    code: 'unavailable',
    detail: 'The accounts database does not answer. Try again in a moment.',
    retryAfterSeconds: 1,
    cause,
  });
}
