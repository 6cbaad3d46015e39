// On what terms is billed: for the operator what holds for all, for a customer its own.

import '../money.css';
import { Skeleton } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Page } from '../parts/page.tsx';
import { isOperator, useSession } from '../session/session.ts';
import { couponsQuery, sellerQuery, taxRatesQuery } from './billing-queries.ts';
import { CouponsPanel } from './coupons-panel.tsx';
import { CustomerBilling } from './customer-billing.tsx';
import { SellerPanel } from './seller-panel.tsx';
import { TaxRatesPanel } from './tax-rates-panel.tsx';

export function BillingPage() {
  const session = useSession();
  return (
    <Page
      title="Billing"
      lead={isOperator(session) ? 'What invoices say, and what customers can be given' : 'How you are billed'}
    >
      {session.customer === null ? <SharedTerms /> : <CustomerBilling id={session.customer} />}
    </Page>
  );
}

/** All at once: what comes later would move what is read. */
function SharedTerms() {
  const asked = useQueries({ queries: [sellerQuery, taxRatesQuery, couponsQuery] });
  if (asked.some(({ isPending }) => isPending)) return <Skeleton h={640} aria-busy="true" />;
  return (
    <>
      <SellerPanel />
      <TaxRatesPanel />
      <CouponsPanel />
    </>
  );
}
