// One re-rate: how far it is, the difference that it would make or made, and the act of applying it.

import '../money.css';
import { Button, Group, Loader, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { exactCount, exactMoney } from '../format/number.ts';
import { Facts } from '../parts/facts.tsx';
import { useNames } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { type Rerate, rerateQuery } from './price-queries.ts';
import { PriceTabs } from './price-tabs.tsx';
import { RerateReport } from './rerate-report.tsx';
import { RerateStateBadge } from './rerate-state.tsx';

const route = getRouteApi('/shell/prices/rerates/$id');

export function ReratePage() {
  const { id } = route.useParams();
  const asked = useQuery(rerateQuery(id));
  const rerate = asked.data;
  return (
    <Page
      title={rerate?.reason ?? 'Re-rate'}
      lead={rerate !== undefined && <RerateStateBadge state={rerate.state} />}
      actions={rerate !== undefined && <RerateActs rerate={rerate} />}
    >
      <PriceTabs />
      {asked.error !== null && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {rerate === undefined && asked.error === null && (
        <Stack gap="lg" aria-busy="true">
          <Skeleton h={120} />
          <Skeleton h={260} />
        </Stack>
      )}
      {rerate !== undefined && (
        <>
          <Progress rerate={rerate} />
          <RerateReport rerate={rerate} />
        </>
      )}
    </Page>
  );
}

const SAID: Readonly<Record<Rerate['state'], string>> = {
  rating: 'Events are being rated. Nothing changes yet.',
  rated: 'This is what would change. Nothing has changed yet.',
  applying: 'It is being applied: exactly what was shown.',
  applied:
    'It is applied. Drafts of these periods have the new costs; finalized invoices are adjusted by the next ones.',
  cancelled: 'It was cancelled. Nothing has changed.',
  failed: 'It cannot go on. What it applied stays.',
};

function Progress({ rerate }: { readonly rerate: Rerate }) {
  const zone = useZone();
  const nameOf = useNames();
  const { filter, progress, state } = rerate;
  const isWorking = state === 'rating' || state === 'applying';
  return (
    <Panel>
      <Group gap="sm" mb="md" role="status">
        {isWorking && <Loader size="xs" aria-hidden />}
        <Text size="sm" fw={600}>
          {SAID[state]}
        </Text>
      </Group>
      <Facts
        facts={[
          ['Examined', `${exactCount(progress.examined)} events`],
          ['Get another cost', `${exactCount(progress.changed)} events`],
          [
            'Applied',
            state === 'applying' || state === 'applied' ? `${exactCount(progress.applied)} events` : undefined,
          ],
          ['Skipped, as they changed meanwhile', progress.skipped > 0 ? exactCount(progress.skipped) : undefined],
          [`From (${zone})`, <Time key="start" at={rerate.start} />],
          [`To (${zone})`, <Time key="end" at={rerate.end} />],
          ['Only', filterText(filter, nameOf)],
          [`By prices known at (${zone})`, <Time key="known" at={rerate.prices_known_at} />],
          ['Asked for by', nameOf(rerate.created_by)],
          [
            `Finished (${zone})`,
            rerate.finished_at === null ? undefined : <Time key="finished" at={rerate.finished_at} />,
          ],
        ]}
      />
    </Panel>
  );
}

function filterText(filter: Rerate['filter'], nameOf: (id: string) => string): string | undefined {
  const parts = Object.entries(filter).flatMap(([field, value]) => {
    if (field === 'unpriced_only') return value === true ? ['events without a cost'] : [];
    return Array.isArray(value) ? [`${field} ${value.map((one) => nameOf(String(one))).join(' or ')}`] : [];
  });
  return parts.length === 0 ? undefined : parts.join(', ');
}

function RerateActs({ rerate }: { readonly rerate: Rerate }) {
  const session = useSession();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const params = { path: { id: rerate.id } };
  const onSuccess = async (): Promise<void> => {
    setAsking(false);
    await queries.invalidateQueries({ queryKey: ['rerates'] });
  };
  const apply = useMutation({ mutationFn: () => bodyOf(api.POST('/v1/rerates/{id}/apply', { params })), onSuccess });
  const cancel = useMutation({ mutationFn: () => bodyOf(api.POST('/v1/rerates/{id}/cancel', { params })), onSuccess });
  if (!holds(session, 'billing:write') || (rerate.state !== 'rating' && rerate.state !== 'rated')) return null;
  return (
    <>
      <Button variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
        Cancel it
      </Button>
      {rerate.state === 'rated' && (
        <Button onClick={() => setAsking(true)} disabled={rerate.progress.changed === 0}>
          Apply
        </Button>
      )}
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Apply the re-rate"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text size="sm">
            {exactCount(rerate.progress.changed)} events get the costs that are shown, in one go. To go back takes
            another price and another re-rate.
          </Text>
          {rerate.report.totals.map(({ currency, difference }) => (
            <Text key={currency} fw={600} className="figure">
              {difference.startsWith('-') ? '' : '+'}
              {currency === null ? difference : exactMoney(difference, currency)}
            </Text>
          ))}
          {apply.isError && <ProblemAlert error={apply.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Not now
            </Button>
            <Button onClick={() => apply.mutate()} loading={apply.isPending} data-autofocus>
              Apply to {exactCount(rerate.progress.changed)} events
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
