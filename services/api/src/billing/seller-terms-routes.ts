// What the organization says on its invoices, and when they are due.

import type { SellerTerms } from '@tollgate/accounts';
import Type, { type Static } from 'typebox';
import { type CallContext, defineRoute, json, type Route } from '../route.ts';
import { orNull } from '../schemas.ts';
import { notFound } from '../tenancy.ts';
import { mustBeOperator } from './operator-only.ts';
import { partyFields, partyJson, partyShown, readParty } from './party-json.ts';
import { recordTermAct } from './record-term-act.ts';

const GRACE_SECONDS_MAX = 90 * 24 * 60 * 60;
const GRACE_SECONDS_DEFAULT = 24 * 60 * 60;
const TERM_DAYS_MAX = 365;
const TERM_DAYS_DEFAULT = 30;

const PaymentDetails = Type.String({ minLength: 1, maxLength: 2_000, description: 'How to pay, as invoices say it.' });
const NumberPrefix = Type.String({
  pattern: '^[A-Z0-9][A-Z0-9-]{0,19}$',
  default: 'INV',
  description: 'Numbers are `PREFIX-000001` and so on, without gaps. Another prefix begins another series.',
});
export const PaymentTermDays = Type.Integer({
  minimum: 0,
  maximum: TERM_DAYS_MAX,
  description: 'Days from the issue of an invoice until it is due.',
});
const GraceSeconds = Type.Integer({
  minimum: 0,
  maximum: GRACE_SECONDS_MAX,
  default: GRACE_SECONDS_DEFAULT,
  description: 'From the end of a period until its draft is finalized by itself. Null: only by an explicit act.',
});

const XERO_ACCOUNT_DEFAULT = '200';
const XeroAccount = Type.String({
  minLength: 1,
  // The most that a code has in Xero.
  maxLength: 10,
  default: XERO_ACCOUNT_DEFAULT,
  description: "The code of Xero's account for sales, in the files that Xero imports.",
});

const NewSellerTerms = Type.Object(
  {
    ...partyFields,
    payment_details: Type.Optional(orNull(PaymentDetails)),
    number_prefix: Type.Optional(NumberPrefix),
    payment_term_days: Type.Optional({ ...PaymentTermDays, default: TERM_DAYS_DEFAULT }),
    grace_seconds: Type.Optional(orNull(GraceSeconds)),
    xero_account: Type.Optional(XeroAccount),
  },
  { additionalProperties: false },
);

const SellerTermsSchema = Type.Object({
  ...partyShown,
  payment_details: orNull(PaymentDetails),
  number_prefix: NumberPrefix,
  payment_term_days: PaymentTermDays,
  grace_seconds: orNull(GraceSeconds),
  xero_account: XeroAccount,
});

export function sellerTermsRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/organization/billing',
      operationId: 'getSellerTerms',
      tag: 'Organization',
      summary: 'Get what the organization says on its invoices',
      description: 'Not found until it was said: then no invoice can be finalized.',
      scope: 'billing:read',
      success: { status: 200, schema: SellerTermsSchema },
      async handle({ records }) {
        const terms = await records.sellerTerms();
        if (terms === null) throw notFound();
        return json(200, sellerTermsJson(terms));
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/v1/organization/billing',
      operationId: 'setSellerTerms',
      tag: 'Organization',
      summary: 'Say what invoices say of the organization',
      description:
        "Takes the place of all that was said before. The name is the organization's where it is left out. Invoices that are finalized stay as they are.",
      scope: 'billing:write',
      body: NewSellerTerms,
      success: { status: 200, schema: SellerTermsSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const { records } = call;
        const organization = await records.organization();
        if (organization === null) throw new Error('the organization is made at the first start, yet there is none');
        const before = await records.sellerTerms();
        const after = readSellerTerms(call.body, organization.name);
        await records.saveSellerTerms(after);
        await recordAct(call, { id: organization.id, before, after });
        return json(200, sellerTermsJson(after));
      },
    }),
  ];
}

async function recordAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  act: { readonly id: string; readonly before: SellerTerms | null; readonly after: SellerTerms },
): Promise<void> {
  const { id, before, after } = act;
  await recordTermAct(call, {
    action: 'seller_terms.set',
    customerId: null,
    id,
    before: before === null ? null : sellerTermsJson(before),
    after: sellerTermsJson(after),
  });
}

function readSellerTerms(body: Static<typeof NewSellerTerms>, name: string): SellerTerms {
  const graceSeconds = body.grace_seconds === undefined ? GRACE_SECONDS_DEFAULT : body.grace_seconds;
  return {
    party: readParty(body, name),
    paymentDetails: body.payment_details ?? null,
    numberPrefix: body.number_prefix ?? 'INV',
    paymentTermDays: body.payment_term_days ?? TERM_DAYS_DEFAULT,
    graceMs: graceSeconds === null ? null : graceSeconds * 1_000,
    xeroAccount: body.xero_account ?? XERO_ACCOUNT_DEFAULT,
  };
}

function sellerTermsJson(terms: SellerTerms) {
  const { party, paymentDetails, numberPrefix, paymentTermDays, graceMs, xeroAccount } = terms;
  return {
    ...partyJson(party),
    payment_details: paymentDetails,
    number_prefix: numberPrefix,
    payment_term_days: paymentTermDays,
    grace_seconds: graceMs === null ? null : graceMs / 1_000,
    xero_account: xeroAccount,
  };
}
