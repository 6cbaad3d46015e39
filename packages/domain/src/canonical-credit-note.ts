// A credit note as one JSON document. Whatever it does not say of itself is as its invoice has it.

import { Compile } from 'typebox/compile';
import { type CanonicalCreditNote, CanonicalCreditNoteSchema } from './canonical-credit-note-schema.ts';
import type { CanonicalInvoice } from './canonical-invoice.ts';
import type { CreditNoteFigures } from './credit-note.ts';
import { exactText } from './exact.ts';
import { canonicalJson } from './json.ts';
import type { CreditNoteSettlement } from './ledger.ts';
import { formatMinor } from './money.ts';
import { formatTimestamp } from './timestamp.ts';

export const CREDIT_NOTE_FORMAT = 'tollgate.credit_note/1';

/** What a credit note says besides its figures. */
export interface CreditNoteFacts {
  readonly id: string;
  readonly number: string;
  readonly issuedAtMs: number;
  readonly reason: string;
  readonly settlement: CreditNoteSettlement;
  /** A finalized one. */
  readonly invoice: CanonicalInvoice;
}

export function canonicalCreditNote(facts: CreditNoteFacts, figures: CreditNoteFigures): CanonicalCreditNote {
  const { id, number, issuedAtMs, reason, settlement, invoice } = facts;
  const { currency, seller, buyer } = invoice;
  if (invoice.number === null) throw new Error(`${invoice.id} has no number yet`);
  const money = (minor: bigint): string => formatMinor(minor, currency);
  return {
    ...{ format: CREDIT_NOTE_FORMAT, id, number, reason, settlement, currency, seller, buyer },
    issued_at: formatTimestamp(issuedAtMs),
    invoice: { id: invoice.id, number: invoice.number, issued_at: invoice.issued_at },
    minor_digits: invoice.minor_digits,
    lines: figures.lines.map(({ lineId, amountMinor }) => ({
      ...{ line: lineId, ...nameOf(lineId, invoice), amount: money(amountMinor) },
    })),
    coupons: figures.coupons.map(({ couponId, description, amountMinor }) => ({
      ...{ id: couponId, description, amount: money(amountMinor) },
    })),
    taxes: figures.taxes.map(({ rateId, name, percent, baseMinor, amountMinor }) => ({
      ...{ id: rateId, name, percent: exactText(percent), base: money(baseMinor), amount: money(amountMinor) },
    })),
    tax_text: invoice.tax_text,
    totals: {
      subtotal: money(figures.subtotalMinor),
      net: money(figures.netMinor),
      total: money(figures.totalMinor),
    },
  };
}

/** The document as text: what is stored, hashed and handed out. */
export function canonicalCreditNoteText(note: CanonicalCreditNote): string {
  return canonicalJson(note);
}

const schema = Compile(CanonicalCreditNoteSchema);

/** Throws for what is no credit note of ours: then the store is broken. */
export function parseCanonicalCreditNote(text: string): CanonicalCreditNote {
  const document: unknown = JSON.parse(text);
  if (!schema.Check(document)) throw new Error('what is stored of a credit note is not one');
  return document;
}

function nameOf(lineId: string, { lines, id }: CanonicalInvoice) {
  const line = lines.find((known) => known.id === lineId);
  if (line === undefined) throw new Error(`${id} has no line ${lineId}`);
  return { charge: line.charge, description: line.description };
}
