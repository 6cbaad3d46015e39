// One customer: who it is, what it used of late, its keys and its limits.

import '../money.css';
import { Button, Group, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { firstKeyCurl } from '../keys/first-key-curl.ts';
import { type KeyAct, KeyActs } from '../keys/key-acts.tsx';
import { KeyTable } from '../keys/key-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Facts } from '../parts/facts.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';
import { CustomerMenu } from './customer-acts.tsx';
import { CustomerLimits } from './customer-limits.tsx';
import { type Customer, customerQuery } from './customer-query.ts';
import { CustomerState } from './customer-state.tsx';
import { CustomerUse } from './customer-use.tsx';

const route = getRouteApi('/shell/customers/$id');

export function CustomerPage() {
  const { id } = route.useParams();
  const zone = useZone();
  const asked = useQuery(customerQuery(id));
  const customer = asked.data;
  return (
    <Page
      title={customer?.name ?? 'Customer'}
      lead={`Times in ${zone}`}
      actions={
        customer !== undefined && (
          <Group gap="sm">
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/usage" search={{ customer: id, range: '30d' }} {...props} />}
            >
              Explore its usage
            </Button>
            <CustomerMenu customer={customer} />
          </Group>
        )
      }
    >
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {!asked.isError && (
        <>
          <CustomerUse id={id} currency={customer?.currency} />
          <Panel title="Customer">
            {customer === undefined ? <Skeleton h={150} /> : <About customer={customer} />}
          </Panel>
          <CustomerKeys id={id} />
          <CustomerLimits id={id} />
        </>
      )}
    </Page>
  );
}

function About({ customer }: { readonly customer: Customer }) {
  const { id, external_id: externalId, currency, zone, billing_day: day, key_policy: policy } = customer;
  return (
    <Facts
      facts={[
        ['State', <CustomerState key="state" of={customer} />],
        ['Id', id],
        ['Your id', externalId ?? '–'],
        ['Currency', currency],
        ['Zone of its limits and invoices', zone],
        ['Its billing period begins on day', day],
        ['Keys that it may make itself', policy.max_keys],
        ['Made', <Time key="made" at={customer.created_at} />],
        ['Suspended', customer.suspended_at === null ? undefined : <Time key="suspended" at={customer.suspended_at} />],
      ]}
    />
  );
}

function CustomerKeys({ id }: { readonly id: string }) {
  const [act, setAct] = useState<KeyAct | null>(null);
  return (
    <>
      <Group justify="space-between">
        <h2 className="section-title">API keys</h2>
        <Button size="xs" variant="default" onClick={() => setAct({ kind: 'new' })}>
          New API key
        </Button>
      </Group>
      <KeyTable
        customer={id}
        onAct={setAct}
        empty={
          <EmptyState title="No API keys" curl={firstKeyCurl(id)}>
            Make one, and send events with it.
          </EmptyState>
        }
      />
      {act !== null && <KeyActs act={act} customer={id} onAct={setAct} />}
    </>
  );
}
