// Everything that one customer is billed by: its plan, what invoices say of it, its tax, its credit, its coupons. A customer
// sees its own; the operator changes it.

import { Skeleton } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { holds, isOperator, useSession } from '../session/session.ts';
import { buyerQuery, creditQuery, givenCouponsQuery, grantsQuery, subscriptionsQuery } from './billing-queries.ts';
import { BuyerPanel } from './buyer-panel.tsx';
import { CreditPanel } from './credit-panel.tsx';
import { GivenCouponsPanel } from './given-coupons-panel.tsx';
import { SubscriptionPanel } from './subscription-panel.tsx';

export function CustomerBilling({ id }: { readonly id: string }) {
  const session = useSession();
  const isWriter = isOperator(session) && holds(session, 'billing:write');
  // All at once: what comes later would move what is read.
  const asked = useQueries({
    queries: [subscriptionsQuery(id), buyerQuery(id), creditQuery(id), grantsQuery(id), givenCouponsQuery(id)],
  });
  if (asked.some(({ isPending }) => isPending)) return <Skeleton h={640} aria-busy="true" />;
  return (
    <>
      <SubscriptionPanel customer={id} isWriter={isWriter} />
      <BuyerPanel customer={id} isWriter={isWriter} />
      <CreditPanel customer={id} isWriter={isWriter} />
      <GivenCouponsPanel customer={id} isWriter={isWriter} />
    </>
  );
}
