// How one customer is billed, for the operator.

import '../money.css';
import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { CustomerBilling } from './customer-billing.tsx';

const route = getRouteApi('/shell/customers/$id/billing');

export function CustomerBillingPage() {
  const { id } = route.useParams();
  const nameOf = useNames();
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
