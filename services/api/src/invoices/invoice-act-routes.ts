// What is done with an invoice: finalized, paid, given up, made void, credited, and calculated once more.

import type { AccountRecords, Invoice } from '@tollgate/accounts';
import { CREDIT_NOTE_SETTLEMENTS, minorDigitsOf, parseDecimal, TollgateError } from '@tollgate/domain';
import type { Invoicing, Verdict } from '@tollgate/invoicing';
import Type, { type Static } from 'typebox';
import { defineRoute, json, type Route } from '../route.ts';
import { Decimal, orNull } from '../schemas.ts';
import { notFound } from '../tenancy.ts';
import { operatorsAct } from './invoice-access.ts';
import { CreditNoteSchema, creditNoteJson, InvoiceId, InvoiceSchema, invoiceJson } from './invoice-json.ts';

const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'For the audit log.' });
const Void = Type.Object({ reason: Reason }, { additionalProperties: false });
const Settling = Type.Object({ reason: Type.Optional(Reason) }, { additionalProperties: false });
const Nothing = Type.Object({}, { additionalProperties: false });

const NewCreditNote = Type.Object(
  {
    lines: Type.Optional(
      Type.Array(Type.Object({ line: Type.String(), amount: Decimal }, { additionalProperties: false }), {
        minItems: 1,
        maxItems: 1_000,
        description: 'Of the sign of the line itself, without tax. Absent: all that is left of the invoice.',
      }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Stands on the credit note.' }),
    settlement: Type.Enum([...CREDIT_NOTE_SETTLEMENTS], {
      description:
        '`invoice`: less is due of it. `balance`: taken off later invoices. `outside`: paid back outside of the system.',
    }),
  },
  { additionalProperties: false },
);

const VerdictSchema = Type.Object({
  equal: Type.Boolean(),
  differences: Type.Array(
    Type.Object({
      where: Type.String({ description: 'Such as `lines/fee/amount`: a line by its id.' }),
      stored: orNull(Type.String()),
      found: orNull(Type.String()),
    }),
  ),
  later: Type.Object(
    {
      arrived: Type.Integer({ minimum: 0, description: 'Events of the period that came later and count.' }),
      withdrawn: Type.Array(Type.String(), { description: 'Events that it counts and that are withdrawn, by id.' }),
      withdrawn_total: Type.Integer({ minimum: 0, description: 'Of which so many are listed.' }),
      rerates: Type.Array(Type.String(), { description: 'Re-rates that were applied over the period.' }),
      adjusted: Type.Array(Type.Object({ invoice: InvoiceId, number: Type.String(), amount: Decimal }), {
        description: 'Invoices that adjust it, and by what.',
      }),
    },
    { description: 'What came after it was finalized. The invoice stays, and later ones adjust it.' },
  ),
});

const WITHDRAWN_MAX = 100;

function verdictJson({ kind, differences, later }: Verdict) {
  const { arrived, withdrawn, rerates, adjusted } = later;
  return {
    equal: kind === 'equal',
    differences: differences.map(({ where, stored, found }) => ({ where, stored, found })),
    later: {
      arrived: Number(arrived),
      withdrawn: withdrawn.slice(0, WITHDRAWN_MAX),
      withdrawn_total: withdrawn.length,
      rerates: [...rerates],
      adjusted: adjusted.map(({ invoice, number, amount }) => ({ invoice, number, amount })),
    },
  };
}

type Acting = Pick<Invoicing, 'finalizeNow' | 'void' | 'markPaid' | 'markUncollectible' | 'creditNote' | 'verify'>;

export function invoiceActRoutes({ invoicing }: { readonly invoicing: Acting }): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/invoices/{id}/finalize',
      operationId: 'finalizeInvoice',
      tag: 'Invoices',
      summary: 'Finalize a draft now',
      description:
        'It gets its number and never changes from then on. Refused with `books_do_not_balance` and the reasons in `errors` when something is in flight, dead-lettered or unpriced, or does not agree; the draft keeps them.',
      scope: 'billing:write',
      body: Nothing,
      success: { status: 200, schema: InvoiceSchema },
      errors: ['books_do_not_balance', 'customer_mismatch'],
      async handle(call) {
        const by = operatorsAct(call);
        const invoice = await knownInvoice(call.records, call.params);
        // In a transaction of its own: a refusal is an error here, and is kept with the draft all the same.
        const outcome = await invoicing.finalizeNow({ invoiceId: invoice.id, by });
        if (outcome.kind === 'finalized') return json(200, invoiceJson(outcome.invoice));
        if (outcome.kind === 'empty') {
          throw new TollgateError({
            code: 'conflict',
            detail: 'The period came to no lines, so there is no invoice of it, and no draft any more.',
          });
        }
        throw new TollgateError({
          code: 'books_do_not_balance',
          detail: 'The invoice cannot be finalized now. See `errors`, and try again when what they name is settled.',
          errors: outcome.refusals.map(({ code, detail }) => ({ pointer: code, detail })),
        });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/invoices/{id}/void',
      operationId: 'voidInvoice',
      tag: 'Invoices',
      summary: 'Make a finalized invoice void',
      description:
        'Everything that it did is taken back, its number stays used, and its period gets a new draft. One that was paid is credited instead.',
      scope: 'billing:write',
      body: Void,
      success: { status: 200, schema: InvoiceSchema },
      errors: ['conflict', 'invoice_immutable', 'customer_mismatch'],
      async handle(call) {
        const by = operatorsAct(call);
        const { id } = await knownInvoice(call.records, call.params);
        const { invoice } = await invoicing.void(call.records, { invoiceId: id, by, reason: call.body.reason });
        return json(200, invoiceJson(invoice));
      },
    }),
    settlingRoute(invoicing, 'pay'),
    settlingRoute(invoicing, 'uncollectible'),
    defineRoute({
      method: 'POST',
      path: '/v1/invoices/{id}/credit-notes',
      operationId: 'createCreditNote',
      tag: 'Invoices',
      summary: 'Take a finalized invoice back, or a part of it',
      description: 'A document of its own, with a number of its own series; the invoice stays as it is.',
      scope: 'billing:write',
      body: NewCreditNote,
      success: { status: 201, schema: CreditNoteSchema },
      errors: ['conflict', 'customer_mismatch'],
      async handle(call) {
        const by = operatorsAct(call);
        const { body, records } = call;
        const invoice = await knownInvoice(records, call.params);
        const note = await invoicing.creditNote(records, {
          ...{ invoiceId: invoice.id, by, reason: body.reason, settlement: body.settlement },
          lines: body.lines === undefined ? null : creditedLines(body.lines, invoice),
        });
        return json(201, creditNoteJson(note));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/invoices/{id}/verify',
      operationId: 'verifyInvoice',
      tag: 'Invoices',
      summary: 'Calculate a finalized invoice once more from events and prices',
      description:
        'Nothing is changed. Not equal: which values differ, and by what; and whether its ledger and hash are right. By what was known when it was finalized: what came after is told beside it.',
      scope: 'billing:read',
      body: Nothing,
      success: { status: 200, schema: VerdictSchema },
      errors: ['conflict', 'customer_mismatch'],
      async handle(call) {
        operatorsAct(call);
        const { id } = await knownInvoice(call.records, call.params);
        return json(200, verdictJson(await invoicing.verify(id)));
      },
    }),
  ];
}

function settlingRoute(invoicing: Acting, name: 'pay' | 'uncollectible'): Route {
  const isPaid = name === 'pay';
  return defineRoute({
    method: 'POST',
    path: `/v1/invoices/{id}/${name}`,
    operationId: isPaid ? 'markInvoicePaid' : 'markInvoiceUncollectible',
    tag: 'Invoices',
    summary: isPaid ? 'Note that an invoice was paid' : 'Give an invoice up: it is not expected to be paid',
    scope: 'billing:write',
    body: Settling,
    success: { status: 200, schema: InvoiceSchema },
    errors: ['conflict', 'customer_mismatch'],
    async handle(call) {
      const by = operatorsAct(call);
      const { id: invoiceId } = await knownInvoice(call.records, call.params);
      const act = { invoiceId, by, reason: call.body.reason ?? null };
      const invoice = isPaid
        ? await invoicing.markPaid(call.records, act)
        : await invoicing.markUncollectible(call.records, act);
      return json(200, invoiceJson(invoice));
    },
  });
}

async function knownInvoice(
  records: Pick<AccountRecords, 'invoice'>,
  params: Readonly<Record<string, string>>,
): Promise<Invoice> {
  const invoice = await records.invoice(params['id'] ?? '');
  if (invoice === null) throw notFound();
  return invoice;
}

function creditedLines(lines: NonNullable<Static<typeof NewCreditNote>['lines']>, { currency }: Invoice) {
  return lines.map(({ line, amount }, index) => {
    const amountMinor = parseDecimal(amount, minorDigitsOf(currency));
    if (amountMinor === undefined) {
      throw new TollgateError({
        code: 'validation_failed',
        detail: 'The amounts are not in the currency of the invoice. See `errors`.',
        errors: [{ pointer: `/lines/${index}/amount`, detail: `has more digits than ${currency}.` }],
      });
    }
    return { lineId: line, amountMinor };
  });
}
