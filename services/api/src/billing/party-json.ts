// A seller or buyer as invoices name it, as the API takes and shows it.

import type { PartyDetails } from '@tollgate/accounts';
import Type, { type Static } from 'typebox';
import { Name, orNull } from '../schemas.ts';

const closed = { additionalProperties: false } as const;

const ADDRESS_LINES_MAX = 10;
const TAX_IDS_MAX = 10;

const Address = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
  maxItems: ADDRESS_LINES_MAX,
  description: 'Lines of the address, without the country.',
});
const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1.', examples: ['DE'] });
const TaxIds = Type.Array(
  Type.Object(
    {
      kind: Type.String({ minLength: 1, maxLength: 50, examples: ['vat'] }),
      value: Type.String({ minLength: 1, maxLength: 100, examples: ['DE123456789'] }),
    },
    closed,
  ),
  { maxItems: TAX_IDS_MAX },
);
const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' });

export const partyFields = {
  name: Type.Optional(Name),
  address: Type.Optional(Address),
  country: Type.Optional(orNull(Country)),
  tax_ids: Type.Optional(TaxIds),
  email: Type.Optional(orNull(Email)),
};

export const partyShown = {
  name: Name,
  address: Address,
  country: orNull(Country),
  tax_ids: TaxIds,
  email: orNull(Email),
};

const PartyFields = Type.Object(partyFields);

export function readParty(body: Static<typeof PartyFields>, name: string): PartyDetails {
  const { address = [], country = null, tax_ids: taxIds = [], email = null } = body;
  return { name: body.name ?? name, address, country, tax_ids: taxIds, email };
}

export function partyJson({ name, address, country, tax_ids, email }: PartyDetails) {
  return { name, address, country, tax_ids, email };
}
