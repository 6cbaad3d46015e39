// Whether a finalized invoice is what its events and prices come to, and whether it, its ledger and its place in the chain of
// its series are as they were written.

import {
  type CanonicalInvoice,
  canonicalInvoiceText,
  finalizedEntries,
  type JsonValue,
  type LedgerEntry,
  parseCanonicalInvoice,
  parseInvoiceBasis,
  readInvoice,
  TollgateError,
} from '@tollgate/domain';
import { existingInvoice } from './existing.ts';
import { chainedHash } from './hash-chain.ts';
import { type FinalizedInvoice, isFinalized } from './invoice-states.ts';
import { type LaterChanges, laterChanges } from './later-changes.ts';
import type { InvoicingParts } from './parts.ts';
import { type Recomputed, recompute } from './recompute.ts';

export interface Difference {
  /** Such as `lines/fee/amount`: a line by its id. */
  readonly where: string;
  /** Null: it is not there. */
  readonly stored: string | null;
  readonly found: string | null;
}

export interface Verdict {
  /** Of the invoice and what its events and prices came to when it was finalized. */
  readonly kind: 'equal' | 'different';
  /** None where it is equal. */
  readonly differences: readonly Difference[];
  /** What came after: the invoice stays, and others bill it. */
  readonly later: LaterChanges;
}

const DIFFERENCES_MAX = 50;

export async function verifyInvoice(parts: InvoicingParts, invoiceId: string): Promise<Verdict> {
  const invoice = await existingInvoice(parts.accounts, invoiceId);
  if (!isFinalized(invoice)) {
    throw new TollgateError({
      code: 'conflict',
      detail: 'A draft is calculated when it is looked at: nothing to verify.',
    });
  }
  const stored = readStored(invoice);
  const differences = [...storedFlaws(invoice)];
  let withdrawn: ReadonlySet<string> = new Set();
  if (stored !== null) {
    differences.push(...ledgerFlaws(invoice, stored, await parts.accounts.ledgerOf(invoiceId)));
    const found = await asFinalized(parts, invoice);
    differences.push(...flawsOf(stored, found, invoice));
    withdrawn = found.restored;
  }
  return {
    kind: differences.length === 0 ? 'equal' : 'different',
    differences: differences.slice(0, DIFFERENCES_MAX),
    later: await laterChanges(parts, invoice, withdrawn),
  };
}

/** The clocks of this process and of the warehouse may be so far apart. */
const CLOCKS_APART_MAX_MS = 60_000;

/**
 * With the events that were withdrawn since it was read. Those that were about then may have been seen or not: any reading that
 * could have been, and comes to the invoice, is right.
 */
async function asFinalized(parts: InvoicingParts, invoice: FinalizedInvoice): Promise<Recomputed> {
  const { basis, finalizedAtMs, content } = invoice.snapshot;
  const readAtMs = parseInvoiceBasis(basis).read_at;
  const first = await recompute(parts, invoice, { withdrawnSinceMs: readAtMs });
  const isRight = ({ invoice: found }: Recomputed): boolean =>
    found !== null && canonicalInvoiceText(found) === content;
  if (isRight(first)) return first;
  for (const withdrawnSinceMs of [finalizedAtMs, readAtMs - CLOCKS_APART_MAX_MS, finalizedAtMs + CLOCKS_APART_MAX_MS]) {
    const other = await recompute(parts, invoice, { withdrawnSinceMs });
    if (isRight(other)) return other;
  }
  return first;
}

function flawsOf(
  stored: CanonicalInvoice,
  { invoice: found }: Recomputed,
  { snapshot }: FinalizedInvoice,
): readonly Difference[] {
  if (found === null) return [{ where: 'lines', stored: null, found: 'some use has no price' }];
  return canonicalInvoiceText(found) === snapshot.content ? [] : documentFlaws(stored, found);
}

/** Null for what is no invoice any more. */
function readStored({ snapshot }: FinalizedInvoice): CanonicalInvoice | null {
  try {
    return parseCanonicalInvoice(snapshot.content);
  } catch {
    return null;
  }
}

function storedFlaws({ snapshot }: FinalizedInvoice): readonly Difference[] {
  const { content, previousHash, hash } = snapshot;
  const found = chainedHash(previousHash, content);
  return found === hash ? [] : [{ where: 'hash', stored: hash, found }];
}

function ledgerFlaws(
  invoice: FinalizedInvoice,
  stored: CanonicalInvoice,
  entries: readonly LedgerEntry[],
): readonly Difference[] {
  const { id: invoiceId, customerId, currency, snapshot } = invoice;
  const read = readInvoice(stored);
  const columns = [
    ['subtotal', snapshot.subtotalMinor, read.subtotalMinor],
    ['total', snapshot.totalMinor, read.totalMinor],
    ['due', snapshot.dueMinor, read.dueMinor],
  ] as const;
  const booked = finalizedEntries({ customerId, invoiceId, currency, atMs: snapshot.finalizedAtMs }, read);
  const [wanted, kept] = [booked, entries.filter(({ fact }) => fact === `finalized:${invoiceId}`)].map(
    (list) => new Map(list.map(({ account, amountMinor }) => [account, amountMinor.toString()])),
  );
  const accounts = [...new Set([...(wanted?.keys() ?? []), ...(kept?.keys() ?? [])])];
  return [
    ...columns.map(([name, column, said]) => difference(`columns/${name}`, column.toString(), said.toString())),
    ...accounts.map((name) => difference(`ledger/${name}`, kept?.get(name) ?? null, wanted?.get(name) ?? null)),
  ].filter(({ stored: one, found: other }) => one !== other);
}

function difference(where: string, stored: string | null, found: string | null): Difference {
  return { where, stored, found };
}

function documentFlaws(stored: CanonicalInvoice, found: CanonicalInvoice): readonly Difference[] {
  const flaws = differencesIn('', byIds(stored), byIds(found));
  return flaws.length > 0 ? flaws : [{ where: 'content', stored: 'another text', found: 'the same document' }];
}

function byIds(invoice: CanonicalInvoice): JsonValue {
  return { ...invoice, lines: Object.fromEntries(invoice.lines.map((line) => [line.id, line])) };
}

function differencesIn(where: string, stored: JsonValue, found: JsonValue): readonly Difference[] {
  if (isNested(stored) && isNested(found)) {
    const [one, other] = [new Map(Object.entries(stored)), new Map(Object.entries(found))];
    return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) =>
      differencesIn(where === '' ? name : `${where}/${name}`, one.get(name), other.get(name)),
    );
  }
  return stored === found ? [] : [difference(where, textOf(stored), textOf(found))];
}

function isNested(
  value: JsonValue,
): value is Exclude<JsonValue, string | number | boolean | bigint | null | undefined> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: JsonValue): string | null {
  if (value === undefined || value === null) return null;
  return isNested(value) ? 'present' : String(value);
}
