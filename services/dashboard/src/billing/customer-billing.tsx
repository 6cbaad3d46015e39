// Everything that one customer is billed by: its plan, what invoices say of it, its tax, its credit, its coupons. A customer
// sees its own; the operator changes it.

import { holds, isOperator, useSession } from '../session/session.ts';
import { BuyerPanel } from './buyer-panel.tsx';
import { CreditPanel } from './credit-panel.tsx';
import { GivenCouponsPanel } from './given-coupons-panel.tsx';
import { SubscriptionPanel } from './subscription-panel.tsx';

export function CustomerBilling({ id }: { readonly id: string }) {
  const session = useSession();
  const isWriter = isOperator(session) && holds(session, 'billing:write');
  return (
    <>
      <SubscriptionPanel customer={id} isWriter={isWriter} />
      <BuyerPanel customer={id} isWriter={isWriter} />
      <CreditPanel customer={id} isWriter={isWriter} />
      <GivenCouponsPanel customer={id} isWriter={isWriter} />
    </>
  );
}
