// What is happening now: spend, tokens, requests and refusals, who has most of them, and how far counting is behind.

import { Group, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { toDrawn } from '../format/decimal.ts';
import { change, exactMoney } from '../format/number.ts';
import { bucketStarts, toInstant } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Count, Money } from '../parts/exact.tsx';
import { firstEventCurl } from '../parts/first-event-curl.ts';
import { useNames } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, isOperator, useSession } from '../session/session.ts';
import { organizationQuery, useZone } from '../shell/zone.tsx';
import { periodOf, previousOf, type Range } from '../usage/periods.ts';
import { mainCurrency, readUsage, totalsOf, type UsageQuestion } from '../usage/usage-query.ts';
import { LiveState } from './live-state.tsx';
import { SpendPanel, TokensPanel } from './series-panels.tsx';
import { Tile } from './tile.tsx';
import { TopList } from './top-list.tsx';

const REFETCH_MS = 30_000;
const NOTHING = totalsOf([]);

function useOverview(range: Range, zone: string) {
  const nowMs = Date.now();
  const period = periodOf(range, { zone, nowMs });
  const { bucket, ...whole } = period;
  const asked = (name: string, question: UsageQuestion) => ({
    queryKey: ['overview', name, range, zone, question.startMs],
    queryFn: () => readUsage(question),
    placeholderData: keepPreviousData,
    refetchInterval: REFETCH_MS,
  });
  const session = useSession();
  return {
    period,
    now: useQuery(asked('now', { ...whole, bucket, zone })),
    // To the minute, so that a look a second later asks the same.
    before: useQuery(asked('before', { ...previousOf(period, Math.ceil(nowMs / 60_000) * 60_000), zone })),
    models: useQuery(asked('model', { ...whole, zone, group: 'model' })),
    keys: useQuery(asked('key', { ...whole, zone, group: 'key' })),
    customers: useQuery({ ...asked('customer', { ...whole, zone, group: 'customer' }), enabled: isOperator(session) }),
    refusals: useQuery({
      queryKey: ['overview', 'refusals', range, zone, period.startMs],
      queryFn: () =>
        bodyOf(
          api.GET('/v1/refusals', {
            params: { query: { start: toInstant(period.startMs), end: toInstant(period.endMs) } },
          }),
        ),
      enabled: isOperator(session) && holds(session, 'admin'),
      refetchInterval: REFETCH_MS,
    }),
  };
}

export function OverviewPage() {
  const zone = useZone();
  const [range, setRange] = useState<Range>('today');
  const live = useLive(['overview']);
  const asked = useOverview(range, zone);
  const { now, period } = asked;
  const isEmpty = now.data !== undefined && totalsOf(now.data.rows).events === 0n;
  return (
    <Page
      title="Overview"
      lead={`Times in ${zone}`}
      actions={
        <Group gap="md">
          <LiveState live={live} />
          <SegmentedControl
            size="xs"
            aria-label="Period"
            value={range}
            onChange={(value) => setRange(value as Range)}
            data={[
              { value: 'today', label: 'Today' },
              { value: '7d', label: '7 days' },
              { value: '30d', label: '30 days' },
            ]}
          />
        </Group>
      }
    >
      {now.isError && <ProblemAlert error={now.error} onRetry={() => void now.refetch()} />}
      <Tiles asked={asked} range={range} />
      {isEmpty ? (
        <Panel>
          <EmptyState title="No usage in this time" curl={firstEventCurl()}>
            Send an event with an API key that may write usage. It shows here within two seconds.
          </EmptyState>
        </Panel>
      ) : (
        <Details asked={asked} {...{ range, zone }} starts={bucketStarts(period, zone)} />
      )}
    </Page>
  );
}

type Asked = ReturnType<typeof useOverview>;

function useCurrency({ now }: Asked): string {
  const organization = useQuery(organizationQuery);
  return mainCurrency(now.data === undefined ? NOTHING : totalsOf(now.data.rows), organization.data?.currency ?? 'USD');
}

function Tiles({ asked, range }: { readonly asked: Asked; readonly range: Range }) {
  const { now, before, refusals } = asked;
  const session = useSession();
  const currency = useCurrency(asked);
  const totals = now.data && totalsOf(now.data.rows);
  const earlier = before.data && totalsOf(before.data.rows);
  const noteOf = (value: bigint | number | undefined, old: bigint | number | undefined): string | undefined => {
    const shown = value === undefined || old === undefined ? null : change(Number(value), Number(old));
    return shown === null ? undefined : `${shown} on ${range === 'today' ? 'yesterday by now' : 'the time before'}`;
  };
  const costOf = (of: typeof totals): string => of?.cost.get(currency) ?? '0';
  const others = [...(totals?.cost ?? [])].filter(([name]) => name !== currency);
  const commonest = refusals.data?.data[0]?.group['code'];
  return (
    <div className="tiles">
      <Tile
        name="Spend"
        value={totals && <Money amount={costOf(totals)} currency={currency} />}
        note={
          others.length > 0
            ? others.map(([name, sum]) => exactMoney(sum, name)).join(' · ')
            : noteOf(totals && toDrawn(costOf(totals)), earlier && toDrawn(costOf(earlier)))
        }
      />
      <Tile
        name="Tokens"
        value={totals && <Count count={totals.tokens} />}
        note={noteOf(totals?.tokens, earlier?.tokens)}
      />
      <Tile
        name="Requests"
        value={totals && <Count count={totals.requests} />}
        note={noteOf(totals?.requests, earlier?.requests)}
      />
      {isOperator(session) && holds(session, 'admin') && (
        <Tile
          name="Refusals"
          value={refusals.data && <Count count={refusals.data.total} />}
          note={commonest && `most often ${commonest.replaceAll('_', ' ')}`}
        />
      )}
      {totals !== undefined && totals.unpricedEvents > 0 && (
        <Tile name="Unpriced events" value={<Count count={totals.unpricedEvents} />} note="not in the spend" />
      )}
    </div>
  );
}

interface DetailsProps {
  readonly asked: Asked;
  readonly range: Range;
  readonly zone: string;
  readonly starts: readonly string[];
}

function Details({ asked, range, zone, starts }: DetailsProps) {
  const { now, models, keys, customers, period } = asked;
  const session = useSession();
  const currency = useCurrency(asked);
  const shared = { currency, nameOf: useNames(), range };
  const series = { usage: now.data, starts, zone, bucket: period.bucket };
  return (
    <>
      <div className="columns">
        <SpendPanel {...series} currency={currency} />
        <TokensPanel {...series} />
      </div>
      <div className="columns">
        {isOperator(session) && <TopList title="Top customers" field="customer" usage={customers.data} {...shared} />}
        <TopList title="Top models" field="model" usage={models.data} {...shared} />
        <TopList title="Top API keys" field="key" usage={keys.data} {...shared} />
      </div>
    </>
  );
}
