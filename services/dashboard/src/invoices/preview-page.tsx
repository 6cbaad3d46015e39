// How the invoice of the period that is under way looks now.

import '../money.css';
import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { daySpan } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { isOperator, useSession } from '../session/session.ts';
import { CustomerSelect } from './customer-select.tsx';
import { previewQuery } from './invoice-queries.ts';
import { InvoiceStateBadge } from './invoice-state.tsx';
import { LinesPanel } from './lines-panel.tsx';
import { SummaryPanel } from './summary-panel.tsx';
import { TotalTiles } from './total-tiles.tsx';

const route = getRouteApi('/shell/invoices/preview');

export function PreviewPage() {
  const { customer } = route.useSearch();
  const navigate = route.useNavigate();
  const isForAll = isOperator(useSession());
  const isAsked = !isForAll || customer !== undefined;
  useLive(['invoices', 'preview']);
  const asked = useQuery({ ...previewQuery(customer), enabled: isAsked });
  const { data } = asked;
  return (
    <Page
      title="Preview"
      lead={
        data === undefined ? (
          'How the invoice of the open period looks now'
        ) : (
          <>
            <InvoiceStateBadge state={data.state} /> {daySpan(data.period)} ({data.period.zone}), up to now
          </>
        )
      }
      actions={
        isForAll && (
          <CustomerSelect
            value={customer}
            placeholder="Choose one"
            onChange={(chosen) => void navigate({ search: chosen === undefined ? {} : { customer: chosen } })}
          />
        )
      }
    >
      {!isAsked && (
        <Panel>
          <EmptyState
            title="Whose invoice?"
            curl={`curl ${window.location.origin}/v1/invoices/preview?customer=cus_… -H 'Authorization: Bearer tg_live_…'`}
          >
            Choose a customer to see what its open period comes to so far.
          </EmptyState>
        </Panel>
      )}
      {isAsked && asked.error !== null && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {isAsked && asked.isPending && (
        <Stack gap="lg" aria-busy="true">
          <Skeleton h={96} />
          <Skeleton h={320} />
        </Stack>
      )}
      {data !== undefined && (
        <>
          <TotalTiles document={data.document} />
          {(data.refusals ?? [])
            .filter(({ code }) => code !== 'period_not_ended')
            .map(({ code, detail }) => (
              <Text key={code} size="sm" className="warned">
                {detail}
              </Text>
            ))}
          <LinesPanel invoiceId={null} document={data.document} />
          <SummaryPanel document={data.document} />
        </>
      )}
    </Page>
  );
}
