// How one customer is billed, for the operator.

import '../money.css';
import { Button, Skeleton } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useNames, useNamesPending } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { CustomerBilling } from './customer-billing.tsx';

const route = getRouteApi('/shell/customers/$id/billing');

export function CustomerBillingPage() {
  const { id } = route.useParams();
  const nameOf = useNames();
  // A long name takes more lines than an id, and would move all below it.
  if (useNamesPending()) return <Skeleton h={720} aria-busy="true" />;
  return (
    <Page
      title={nameOf(id)}
      lead="How this customer is billed"
      actions={
        <>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/invoices" search={{ customer: id }} {...props} />}
          >
            Invoices
          </Button>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/invoices/preview" search={{ customer: id }} {...props} />}
          >
            Preview
          </Button>
        </>
      }
    >
      <CustomerBilling id={id} />
    </Page>
  );
}
