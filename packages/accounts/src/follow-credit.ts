// What follows from a change of a customer's credit, in its transaction: whoever wants to know is told that it is low, once
// for each fall, and a customer that pays ahead may use what was granted and no more.
//
// The limit counts use from an instant on, and goes on counting when an invoice is made of it. So its amount is all that was
// granted, less what was lost, less what invoices of periods before that instant took.

import { formatMinor, minorDigitsOf } from '@tollgate/domain';
import { outboxRecords } from './outbox-records.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface FollowedRow {
  readonly currency: string;
  readonly low_balance_minor: string | null;
  readonly is_credit_low: boolean | null;
  readonly limit_id: string | null;
}

const PICO_DIGITS = 12;

const FOLLOWED = `
  SELECT c.currency, b.low_balance_minor, b.is_credit_low, p.limit_id
  FROM customers c LEFT JOIN buyer_terms b ON b.customer_id = c.id LEFT JOIN prepaid_limits p ON p.customer_id = c.id
  WHERE c.id = $1`;

// The database's clock may be behind that of who wrote a grant.
const BALANCE = `
  SELECT coalesce(sum(b.left_minor), 0) AS minor
  FROM credit_balances b JOIN credit_grants g ON g.id = b.grant_id
  WHERE b.customer_id = $1 AND b.left_minor > 0 AND g.effective_from <= greatest(clock_timestamp(), $2)
    AND (g.expires_at IS NULL OR g.expires_at > greatest(clock_timestamp(), $2))`;

// What has expired is lost, also before the entry of it is written. A grant for some charges only cannot be kept apart by a
// limit, and counts for nothing.
const ADMITTED = `
  SELECT coalesce(sum(CASE e.kind
    WHEN 'granted' THEN e.amount_minor
    WHEN 'applied' THEN CASE WHEN i.end_at <= p.since_at THEN -e.amount_minor ELSE 0 END
    WHEN 'returned' THEN CASE WHEN i.end_at <= p.since_at THEN e.amount_minor ELSE 0 END
    ELSE -e.amount_minor
  END), 0) - (
    SELECT coalesce(sum(b.left_minor), 0) FROM credit_balances b JOIN credit_grants g ON g.id = b.grant_id
    WHERE b.customer_id = $1 AND b.expires_at <= greatest(clock_timestamp(), $2) AND g.charge_ids IS NULL
      AND g.effective_from <= greatest(clock_timestamp(), $2)
  ) AS minor
  FROM prepaid_limits p
  JOIN credit_grants g ON g.customer_id = p.customer_id AND g.charge_ids IS NULL
    AND g.effective_from <= greatest(clock_timestamp(), $2)
  JOIN credit_entries e ON e.grant_id = g.id
  LEFT JOIN invoices i ON i.id = e.invoice_id
  WHERE p.customer_id = $1`;

const ADMIT = `
  UPDATE limits SET amount = $2, revision = revision + 1, updated_at = clock_timestamp()
  WHERE id = $1 AND amount <> $2 AND deleted_at IS NULL`;

export async function followCredit(
  query: Query,
  of: {
    readonly customerId: string;
    /** Of what has changed. */
    readonly atMs: number;
    /** Nobody is told of a balance that was low before anybody asked. */
    readonly isAskedFirst: boolean;
  },
): Promise<void> {
  const { customerId, atMs } = of;
  const values = [customerId, toTime(atMs)];
  const [followed] = await query<FollowedRow>(FOLLOWED, [customerId]);
  if (followed === undefined) return;
  await tellIfLow(query, { ...of, followed, balanceMinor: await minorOf(query, BALANCE, values) });
  if (followed.limit_id === null) return;
  const minor = await minorOf(query, ADMITTED, values);
  const admitted = minor > 0n ? minor * 10n ** BigInt(PICO_DIGITS - minorDigitsOf(followed.currency)) : 0n;
  await query(ADMIT, [followed.limit_id, admitted.toString()]);
}

async function tellIfLow(
  query: Query,
  of: {
    readonly customerId: string;
    readonly isAskedFirst: boolean;
    readonly followed: FollowedRow;
    readonly balanceMinor: bigint;
  },
): Promise<void> {
  const { customerId, isAskedFirst, followed, balanceMinor } = of;
  const { currency, low_balance_minor: low, is_credit_low: wasLow } = followed;
  const isLow = low !== null && balanceMinor < BigInt(low);
  if (wasLow === null || isLow === wasLow) return;
  await query('UPDATE buyer_terms SET is_credit_low = $2 WHERE customer_id = $1', [customerId, isLow]);
  if (!isLow || isAskedFirst) return;
  await outboxRecords(query).tell({
    type: 'credit.low',
    customerId,
    data: {
      ...{ customer: customerId, currency, balance: formatMinor(balanceMinor, currency) },
      threshold: formatMinor(BigInt(low), currency),
    },
  });
}

async function minorOf(query: Query, text: string, values: readonly unknown[]): Promise<bigint> {
  const [row] = await query<{ minor: string }>(text, values);
  return BigInt(row?.minor ?? 0);
}
