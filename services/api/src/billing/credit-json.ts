// Credit as the API takes and shows it.

import type { StoredGrant } from '@tollgate/accounts';
import { CREDIT_ENTRY_KINDS, type CreditEntry, formatMinor, formatTimestamp } from '@tollgate/domain';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { Decimal, idOf, orNull, Timestamp } from '../schemas.ts';

const CreditGrantId = idOf('crg', 'a credit grant');
const closed = { additionalProperties: false } as const;

export const PRIORITY_DEFAULT = 100;

const Kind = Type.Union([Type.Literal('paid'), Type.Literal('promotional')]);
const Priority = Type.Integer({
  minimum: 0,
  maximum: 1_000_000,
  default: PRIORITY_DEFAULT,
  description: 'The lower one is drawn on first.',
});
const Charges = Type.Array(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' }), {
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  description: 'The charges and fees that it pays for; `usage` is what no charge of the plan is for.',
});
const Description = Type.String({ maxLength: 500 });
const Currency = Type.String({ description: 'ISO 4217.' });

export const NewCreditGrant = Type.Object(
  {
    customer: CustomerId,
    amount: Type.String({ maxLength: 40, description: "Decimal, in the customer's currency.", examples: ['100.00'] }),
    kind: Kind,
    priority: Type.Optional(Priority),
    effective_from: Type.Optional({ ...Timestamp, description: 'Absent: now.' }),
    expires_at: Type.Optional(orNull({ ...Timestamp, description: 'Exclusive. Absent or null: never.' })),
    charges: Type.Optional(orNull(Charges)),
    description: Type.Optional(Description),
  },
  closed,
);

export const Revocation = Type.Object(
  { reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'For the audit log.' })) },
  closed,
);

export const CreditGrantSchema = Type.Object({
  id: CreditGrantId,
  customer: CustomerId,
  currency: Currency,
  amount: Decimal,
  left: { ...Decimal, description: 'What no invoice has taken of it, and was not lost.' },
  kind: Kind,
  priority: Priority,
  effective_from: Timestamp,
  expires_at: orNull(Timestamp),
  charges: orNull(Charges),
  description: Description,
  created_at: Timestamp,
});

export const CreditSchema = Type.Object({
  customer: CustomerId,
  currency: Currency,
  balance: Decimal,
  as_of: Timestamp,
  grants: Type.Array(CreditGrantSchema, { description: 'Those of which something is left.' }),
});

export const CreditEntrySchema = Type.Object({
  id: Type.String({ description: 'Made of the fact.' }),
  grant: CreditGrantId,
  kind: Type.Enum([...CREDIT_ENTRY_KINDS]),
  amount: { ...Decimal, description: 'Positive; the kind says which way.' },
  at: Timestamp,
  invoice: orNull(Type.String()),
});

export function creditGrantJson(grant: StoredGrant, leftMinor: bigint) {
  const { id, customerId, currency, amountMinor, kind, priority, effectiveFromMs, expiresAtMs } = grant;
  return {
    ...{ id, customer: customerId, currency },
    amount: formatMinor(amountMinor, currency),
    left: formatMinor(leftMinor, currency),
    ...{ kind, priority },
    effective_from: formatTimestamp(effectiveFromMs),
    expires_at: expiresAtMs === null ? null : formatTimestamp(expiresAtMs),
    charges: grant.chargeIds,
    description: grant.description,
    created_at: formatTimestamp(grant.createdAtMs),
  };
}

export function creditEntryJson({ id, grantId, kind, amountMinor, atMs, invoiceId }: CreditEntry, currency: string) {
  return {
    ...{ id, grant: grantId, kind, amount: formatMinor(amountMinor, currency) },
    ...{ at: formatTimestamp(atMs), invoice: invoiceId },
  };
}
