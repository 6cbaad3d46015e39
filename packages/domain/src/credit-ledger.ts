// What was granted, drawn, given back and lost of credit: entries that are only ever added. A balance is their sum, whatever
// the order in which they are read; an entry's id is made of its fact, so that writing a fact twice changes nothing.

import type { AppliedCredit, CreditGrant } from './credit.ts';

export const CREDIT_ENTRY_KINDS = ['granted', 'applied', 'returned', 'expired', 'revoked'] as const;
export type CreditEntryKind = (typeof CREDIT_ENTRY_KINDS)[number];

export interface CreditEntry {
  readonly id: string;
  readonly grantId: string;
  readonly kind: CreditEntryKind;
  /** In minor units, positive: the kind says which way. */
  readonly amountMinor: bigint;
  readonly atMs: number;
  /** Of what is applied and returned. */
  readonly invoiceId: string | null;
}

const SIGN: Readonly<Record<CreditEntryKind, bigint>> = {
  granted: 1n,
  applied: -1n,
  returned: 1n,
  expired: -1n,
  revoked: -1n,
};

/** What is left of each grant. Throws where more was taken than there was: then the ledger is broken. */
export function balancesOf(entries: readonly CreditEntry[]): ReadonlyMap<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { grantId, kind, amountMinor } of eachOnce(entries)) {
    balances.set(grantId, (balances.get(grantId) ?? 0n) + SIGN[kind] * amountMinor);
  }
  for (const [grantId, balance] of balances) {
    if (balance < 0n) throw new Error(`more was taken from the credit grant ${grantId} than there was`);
  }
  return balances;
}

function eachOnce(entries: readonly CreditEntry[]): Iterable<CreditEntry> {
  return new Map(entries.map((entry) => [entry.id, entry])).values();
}

export function grantedEntry(
  grantId: string,
  { amountMinor, atMs }: Pick<CreditEntry, 'amountMinor' | 'atMs'>,
): CreditEntry {
  return { id: `granted:${grantId}`, grantId, kind: 'granted', amountMinor, atMs, invoiceId: null };
}

export function appliedEntries(of: {
  readonly invoiceId: string;
  readonly credits: readonly AppliedCredit[];
  readonly atMs: number;
}): readonly CreditEntry[] {
  const { invoiceId, credits, atMs } = of;
  return credits.map(({ grantId, amountMinor }) => ({
    ...{ id: `applied:${invoiceId}:${grantId}`, grantId, kind: 'applied', amountMinor, atMs, invoiceId },
  }));
}

/** When an invoice is voided, its credit goes back to the grants it came from, also to those that have expired since. */
export function returnedEntries(of: {
  readonly invoiceId: string;
  readonly entries: readonly CreditEntry[];
  readonly atMs: number;
}): readonly CreditEntry[] {
  const { invoiceId, entries, atMs } = of;
  return [...eachOnce(entries)]
    .filter((entry) => entry.kind === 'applied' && entry.invoiceId === invoiceId)
    .map(({ grantId, amountMinor }) => ({
      ...{ id: `returned:${invoiceId}:${grantId}`, grantId, kind: 'returned', amountMinor, atMs, invoiceId },
    }));
}

/** What is left of grants that are past their end is lost. A second time there is nothing left to lose. */
export function expiredEntries(of: {
  readonly grants: readonly CreditGrant[];
  readonly entries: readonly CreditEntry[];
  readonly nowMs: number;
}): readonly CreditEntry[] {
  const { grants, entries, nowMs } = of;
  const balances = balancesOf(entries);
  return grants.flatMap(({ id, expiresAtMs }) => {
    const left = balances.get(id) ?? 0n;
    if (expiresAtMs === null || expiresAtMs > nowMs || left === 0n) return [];
    // What an invoice gave back after the end expires by itself: it is another fact, with another id.
    const times = [...eachOnce(entries)].filter(({ grantId, kind }) => grantId === id && kind === 'expired').length;
    const entryId = `expired:${id}:${times}`;
    return [{ id: entryId, grantId: id, kind: 'expired', amountMinor: left, atMs: nowMs, invoiceId: null }];
  });
}
