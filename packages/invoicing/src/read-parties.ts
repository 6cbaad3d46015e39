// Who sells and who buys, as an invoice says it.

import type { BuyerTerms, Customer, SellerTerms } from '@tollgate/accounts';
import type { CanonicalParty } from '@tollgate/domain';
import type { Records } from './parts.ts';

export interface Parties {
  readonly seller: CanonicalParty;
  readonly buyer: CanonicalParty;
  /** Null while nobody has said on what terms the organization sells. */
  readonly sellerTerms: SellerTerms | null;
  readonly buyerTerms: BuyerTerms | null;
}

export async function readParties(
  records: Pick<Records, 'organization' | 'sellerTerms' | 'buyerTerms'>,
  customer: Customer,
): Promise<Parties> {
  const organization = await records.organization();
  if (organization === null) throw new Error('there is no organization yet');
  const sellerTerms = await records.sellerTerms();
  const buyerTerms = await records.buyerTerms(customer.id);
  const nameless = { address: [], country: null, tax_ids: [], email: null };
  return {
    seller: { id: organization.id, ...(sellerTerms?.party ?? { ...nameless, name: organization.name }) },
    buyer: { id: customer.id, ...(buyerTerms?.party ?? { ...nameless, name: customer.name }) },
    sellerTerms,
    buyerTerms,
  };
}
