// The parties that are billed, and the making of one.

import { Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { useZone } from '../shell/zone.tsx';
import { CustomerMenu } from './customer-acts.tsx';
import { CustomerForm } from './customer-form.tsx';
import { type Customer, readCustomers } from './customer-query.ts';
import { CustomerState } from './customer-state.tsx';

const COLUMNS: readonly Column<Customer>[] = [
  {
    name: 'Name',
    cell: ({ id, name }) => (
      <div className="row-name">
        <Link to="/customers/$id" params={{ id }} className="link name clamp" title={name}>
          {name}
        </Link>
        <Text size="xs" className="dim">
          {id}
        </Text>
      </div>
    ),
  },
  {
    name: 'Your id',
    cell: ({ external_id: externalId }) => <span className="name clamp">{externalId ?? '–'}</span>,
  },
  { name: 'Currency', cell: ({ currency }) => currency },
  { name: 'Zone', cell: ({ zone }) => zone },
  { name: 'State', cell: (customer) => <CustomerState of={customer} /> },
  { name: 'Made', cell: ({ created_at: at }) => <Time at={at} /> },
  { name: '', cell: (customer) => <CustomerMenu customer={customer} /> },
];

export function CustomersPage() {
  const zone = useZone();
  const [isMaking, setMaking] = useState(false);
  const pages = usePages({ queryKey: ['customers', 'pages'], read: readCustomers });
  return (
    <Page
      title="Customers"
      lead={`Times in ${zone}`}
      actions={<Button onClick={() => setMaking(true)}>New customer</Button>}
    >
      <DataTable
        label="Customers"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <EmptyState title="No customers" curl={firstCustomerCurl()}>
            Make one, then an API key for it.
          </EmptyState>
        }
        {...pages}
      />
      {isMaking && <CustomerForm onClose={() => setMaking(false)} />}
    </Page>
  );
}

function firstCustomerCurl(): string {
  return `curl ${window.location.origin}/v1/customers -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '{"name":"My first customer"}'`;
}
