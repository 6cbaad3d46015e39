// What was used and has no price: from here it gets one, and is rated again.

import '../money.css';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { dateText } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Count } from '../parts/exact.tsx';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { type UnpricedGroup, unpricedQuery } from './price-queries.ts';
import { PriceTabs } from './price-tabs.tsx';

const REASONS: Readonly<Record<string, string>> = {
  unknown_model: 'No price names the model',
  no_price: 'It has prices, none for these classes',
  no_price_for_service_tier: 'Priced only in another service tier',
  no_price_in_currency: 'Priced only in another currency',
  unknown_service_tier: 'No prices are written for this tier',
  unknown_customer: 'The customer is not known',
};
/** What a model usually needs, where the events do not say. */
const CLASSES_USUAL = 'input,cache_read,output';

export function UnpricedPage() {
  const zone = useZone();
  const session = useSession();
  useLive(['prices', 'unpriced']);
  const asked = useQuery(unpricedQuery);
  const columns: readonly Column<UnpricedGroup>[] = [
    {
      name: 'Model',
      cell: ({ model, provider, service_tier: tier, region }) => (
        <>
          <span className="strong name">{model}</span>
          <Text size="xs" className="dim name">
            {[provider, tier, region].filter(Boolean).join(' · ')}
          </Text>
        </>
      ),
    },
    {
      name: 'Why',
      cell: ({ reason, classes, currency }) => (
        <>
          {REASONS[reason] ?? reason}
          <Text size="xs" className="dim">
            {[classes.map(className).join(', '), currency].filter(Boolean).join(' · ')}
          </Text>
        </>
      ),
    },
    { name: 'Events', isNumber: true, cell: ({ events }) => <Count count={events} /> },
    { name: 'Tokens', isNumber: true, cell: ({ tokens }) => <Count count={tokens} /> },
    { name: 'Customers', isNumber: true, cell: ({ customers }) => <Count count={customers} /> },
    { name: `Last seen (${zone})`, cell: ({ last_seen: at }) => <Time at={at} /> },
    ...(holds(session, 'billing:write')
      ? [
          {
            name: '',
            isNumber: true,
            cell: (group: UnpricedGroup) => (
              <Button
                size="xs"
                aria-label={`Set a price for ${group.model}${group.currency === null ? '' : ` in ${group.currency}`}`}
                renderRoot={(props) => <Link to="/prices/new" search={priceSearchOf(group, zone)} {...props} />}
              >
                Set a price
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <Page
      title="Unpriced use"
      lead={`Of the last 36 days. It is on no invoice until it has a price and was rated again. Times in ${zone}`}
    >
      <PriceTabs />
      <DataTable
        label="Unpriced use"
        columns={columns}
        rows={asked.data?.data}
        keyOf={({ provider, model, service_tier: tier, region, currency, reason }) =>
          [provider, model, tier, region, currency, reason].join(' ')
        }
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={
          <EmptyState
            title="Everything has a price"
            curl={`curl ${window.location.origin}/v1/prices/unpriced -H 'Authorization: Bearer tg_live_…'`}
          >
            Use of a model without a price shows here, with one click to set it.
          </EmptyState>
        }
      />
    </Page>
  );
}

function priceSearchOf(group: UnpricedGroup, zone: string) {
  const { provider, model, service_tier: tier, region, currency, classes, first_seen: seen } = group;
  return {
    ...{ provider, model, tier, from: dateText(zone, Date.parse(seen)) },
    classes: classes.length === 0 ? CLASSES_USUAL : classes.join(','),
    ...(region === null ? {} : { region }),
    ...(currency === null ? {} : { currency }),
  };
}
