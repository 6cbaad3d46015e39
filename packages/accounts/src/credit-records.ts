// The rows of credit grants and of what became of them.

import { type CreditEntry, grantedEntry } from '@tollgate/domain';
import type { BillingTermRecords, StoredGrant } from './billing-terms.ts';
import { followCredit } from './follow-credit.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface GrantRow {
  readonly id: string;
  readonly customer_id: string;
  readonly currency: string;
  readonly kind: StoredGrant['kind'];
  readonly priority: number;
  readonly effective_from: Date;
  readonly expires_at: Date | null;
  readonly charge_ids: readonly string[] | null;
  readonly amount_minor: string;
  readonly description: string;
  readonly created_at: Date;
}

interface EntryRow {
  readonly id: string;
  readonly grant_id: string;
  readonly kind: CreditEntry['kind'];
  readonly amount_minor: string;
  readonly at: Date;
  readonly invoice_id: string | null;
}

const INSERT = `
  INSERT INTO credit_grants (id, customer_id, currency, kind, priority, effective_from, expires_at, charge_ids,
    amount_minor, description, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

const LIST = `
  SELECT * FROM credit_grants WHERE id > $1 AND ($3::text IS NULL OR customer_id = $3) ORDER BY id LIMIT $2`;

const ENTRIES = `
  SELECT e.* FROM credit_entries e JOIN credit_grants g ON g.id = e.grant_id
  WHERE g.customer_id = $1 ORDER BY e.sequence`;

const APPEND = `
  INSERT INTO credit_entries (id, grant_id, kind, amount_minor, at, invoice_id) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (id) DO NOTHING`;

const OWNERS = 'SELECT DISTINCT customer_id FROM credit_grants WHERE id = ANY($1) ORDER BY customer_id';

const EXPIRED = `
  SELECT DISTINCT customer_id FROM credit_balances WHERE left_minor > 0 AND expires_at <= $1 ORDER BY customer_id LIMIT $2`;

type CreditRecords = Pick<
  BillingTermRecords,
  | 'createGrant'
  | 'grant'
  | 'grants'
  | 'creditLeft'
  | 'creditEntries'
  | 'appendCreditEntries'
  | 'customersWithExpiredCredit'
>;

export function creditRecords(query: Query): CreditRecords {
  const append = async (entries: readonly CreditEntry[]): Promise<void> => {
    // In one order for all, so that two who draw on the same grants never wait for each other in a circle.
    for (const entry of entries.toSorted((a, b) => (a.grantId < b.grantId ? -1 : Number(a.grantId > b.grantId)))) {
      const { id, grantId, kind, amountMinor, atMs, invoiceId } = entry;
      await query(APPEND, [id, grantId, kind, amountMinor.toString(), toTime(atMs), invoiceId]);
    }
    const owners = await query<{ customer_id: string }>(OWNERS, [entries.map(({ grantId }) => grantId)]);
    const atMs = Math.max(0, ...entries.map((entry) => entry.atMs));
    for (const { customer_id: customerId } of owners) {
      await followCredit(query, { customerId, atMs, isAskedFirst: false });
    }
  };
  return {
    async createGrant(grant) {
      await query(INSERT, valuesOf(grant));
      await append([grantedEntry(grant.id, { amountMinor: grant.amountMinor, atMs: grant.createdAtMs })]);
    },
    async grant(id) {
      const [row] = await query<GrantRow>('SELECT * FROM credit_grants WHERE id = $1', [id]);
      return row === undefined ? null : toGrant(row);
    },
    async grants({ limit, after, customerId }) {
      return (await query<GrantRow>(LIST, [after ?? '', limit, customerId ?? null])).map(toGrant);
    },
    async creditLeft(grantIds) {
      const text = 'SELECT grant_id, left_minor FROM credit_balances WHERE grant_id = ANY($1)';
      const rows = await query<{ grant_id: string; left_minor: string }>(text, [grantIds]);
      return new Map(rows.map(({ grant_id: id, left_minor: left }) => [id, BigInt(left)]));
    },
    async creditEntries(customerId) {
      return (await query<EntryRow>(ENTRIES, [customerId])).map(toEntry);
    },
    appendCreditEntries: append,
    async customersWithExpiredCredit(nowMs, limit) {
      const rows = await query<{ customer_id: string }>(EXPIRED, [toTime(nowMs), limit]);
      return rows.map(({ customer_id: id }) => id);
    },
  };
}

function valuesOf(grant: StoredGrant): readonly unknown[] {
  return [
    grant.id,
    grant.customerId,
    grant.currency,
    grant.kind,
    grant.priority,
    toTime(grant.effectiveFromMs),
    toTime(grant.expiresAtMs),
    grant.chargeIds,
    grant.amountMinor.toString(),
    grant.description,
    toTime(grant.createdAtMs),
  ];
}

function toGrant(row: GrantRow): StoredGrant {
  return {
    id: row.id,
    customerId: row.customer_id,
    currency: row.currency,
    kind: row.kind,
    priority: row.priority,
    effectiveFromMs: row.effective_from.getTime(),
    expiresAtMs: fromTime(row.expires_at),
    chargeIds: row.charge_ids,
    amountMinor: BigInt(row.amount_minor),
    description: row.description,
    createdAtMs: row.created_at.getTime(),
  };
}

function toEntry(row: EntryRow): CreditEntry {
  return {
    id: row.id,
    grantId: row.grant_id,
    kind: row.kind,
    amountMinor: BigInt(row.amount_minor),
    atMs: row.at.getTime(),
    invoiceId: row.invoice_id,
  };
}
