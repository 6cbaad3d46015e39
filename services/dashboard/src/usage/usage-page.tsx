// The explorer: any usage, by time and by a field, as a chart and a table that come from the same rows.

import { Anchor, Button, Group, Skeleton, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Chart } from '../charts/chart.tsx';
import { Legend } from '../charts/legend.tsx';
import { bucketName, bucketStarts, dateTime } from '../format/time.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { firstEventCurl } from '../parts/first-event-curl.ts';
import { useNames } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { organizationQuery, useZone } from '../shell/zone.tsx';
import { periodOf, previousOf } from './periods.ts';
import { tokenClassName } from './token-class-names.ts';
import { UsageControls } from './usage-controls.tsx';
import { axisOf, groupsOf, seriesOf } from './usage-groups.ts';
import {
  csvAddress,
  FILTER_FIELDS,
  type Filters,
  mainCurrency,
  readUsage,
  totalsOf,
  type UsageQuestion,
} from './usage-query.ts';
import { UsageTable } from './usage-table.tsx';
import type { UsageView } from './usage-view.ts';

const route = getRouteApi('/shell/usage');
const CHART_HEIGHT = 320;

function questionOf(view: UsageView, chosenZone: string, nowMs: number) {
  const zone = view.zone ?? chosenZone;
  const period = periodOf(view.range ?? '7d', { zone, nowMs, from: view.from, to: view.to });
  const bucket = view.bucket ?? period.bucket;
  const filters: Filters = Object.fromEntries(
    FILTER_FIELDS.flatMap((field) => (view[field] === undefined ? [] : [[field, view[field]]])),
  );
  const whole = { startMs: period.startMs, endMs: period.endMs, zone, filters, group: view.group ?? 'model' } as const;
  return { ...whole, bucket };
}

export function UsagePage() {
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const [nowMs] = useState(Date.now);
  const chosenZone = useZone();
  const question = questionOf(view, chosenZone, nowMs);
  const change = (changes: Partial<Record<keyof UsageView, string | true | undefined>>): void => {
    const merged = Object.fromEntries(
      Object.entries({ ...view, ...changes }).filter(([, value]) => value !== undefined),
    );
    void navigate({ search: merged as UsageView, replace: true });
  };
  return (
    <Page
      title="Usage"
      lead={`Times in ${question.zone}`}
      actions={
        <Button component="a" href={csvAddress(question)} download="usage.csv" variant="default" size="xs">
          Download CSV
        </Button>
      }
    >
      <Panel>
        <UsageControls view={view} bucket={question.bucket} onChange={change} />
      </Panel>
      <Answer view={view} question={question} nowMs={nowMs} />
    </Page>
  );
}

interface AnswerProps {
  readonly view: UsageView;
  readonly question: UsageQuestion & Required<Pick<UsageQuestion, 'bucket' | 'group'>>;
  readonly nowMs: number;
}

function Answer({ view, question, nowMs }: AnswerProps) {
  const { bucket, group, zone } = question;
  const measure = view.measure ?? 'cost';
  const usage = useQuery({
    queryKey: ['usage', question],
    queryFn: () => readUsage(question),
    placeholderData: keepPreviousData,
  });
  const { bucket: _, ...whole } = question;
  const before = useQuery({
    queryKey: ['usage-before', { ...whole, ...previousOf(question, nowMs) }],
    queryFn: () => readUsage({ ...whole, ...previousOf(question, nowMs) }),
    enabled: view.compare === true,
  });
  const organization = useQuery(organizationQuery);
  const idName = useNames();
  const nameOf = (value: string): string => {
    if (value === '') return '(none)';
    return group === 'token_class' ? tokenClassName(value) : idName(value);
  };
  const rows = usage.data?.rows;
  const currency = mainCurrency(totalsOf(rows ?? []), organization.data?.currency ?? 'USD');
  const groups = useMemo(
    () => groupsOf(rows ?? [], { field: group, measure, currency }),
    [rows, group, measure, currency],
  );
  const starts = useMemo(() => bucketStarts(question, zone), [question, zone]);
  const series = seriesOf(groups, { starts, measure, currency, nameOf });

  if (usage.isError) return <ProblemAlert error={usage.error} onRetry={() => void usage.refetch()} />;
  if (rows === undefined) return <Skeleton h={CHART_HEIGHT + 400} radius="lg" />;
  if (groups.length === 0) {
    return (
      <Panel>
        <EmptyState title="Nothing was used in this time" curl={firstEventCurl()}>
          Choose another time or fewer filters, or send an event.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <Panel>
        <Legend series={series} />
        <Chart
          kind="bars"
          label={`${measure} by ${group} and ${bucket}; the table below has the same figures`}
          height={CHART_HEIGHT}
          buckets={starts.map((start) => bucketName(start, bucket, zone))}
          series={series}
          axis={axisOf(measure, currency)}
        />
      </Panel>
      <section className="panel panel-flush" aria-label="Usage by group" aria-busy={usage.isFetching}>
        <UsageTable
          {...{ groups, group, currency, measure, nameOf, view }}
          filters={question.filters ?? {}}
          period={question}
          before={view.compare === true ? before.data?.rows : undefined}
        />
      </section>
      <Group justify="space-between">
        <Text size="xs" className="dim">
          {usage.data?.isComplete === false
            ? 'More rows than a page can show: choose a shorter time, a longer bucket, or the CSV, which has all.'
            : usage.data?.asOf != null &&
              `Everything accepted until ${dateTime(usage.data.asOf, zone)} (${zone}) is included.`}
        </Text>
        <Anchor size="xs" href="/docs#getUsage">
          The same by the API
        </Anchor>
      </Group>
    </>
  );
}
