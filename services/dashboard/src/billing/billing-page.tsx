// On what terms is billed: for the operator what holds for all, for a customer its own.

import '../money.css';
import { Page } from '../parts/page.tsx';
import { isOperator, useSession } from '../session/session.ts';
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
      {session.customer === null ? (
        <>
          <SellerPanel />
          <TaxRatesPanel />
          <CouponsPanel />
        </>
      ) : (
        <CustomerBilling id={session.customer} />
      )}
    </Page>
  );
}
