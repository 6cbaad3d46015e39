// One limit with all that is set, how it stands, and what it has told.

import { Drawer, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { LimitBar, LimitFigures } from './limit-bar.tsx';
import { exactFigure, scopeName, termsText } from './limit-text.ts';
import type { Limit } from './limits-query.ts';

interface LimitDetailsProps {
  readonly limit: Limit;
  readonly nameOf: (id: string) => string;
  readonly onClose: () => void;
}

export function LimitDetails({ limit, nameOf, onClose }: LimitDetailsProps) {
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={<span className="name">{scopeName(limit, nameOf)}</span>}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm" className="dim">
          {termsText(limit)}
          {limit.model !== null && `, only ${limit.model}`}
        </Text>
        <LimitBar limit={limit} />
        <LimitFigures limit={limit} />
        <Facts limit={limit} nameOf={nameOf} />
        <Alerts limit={limit} />
      </Stack>
    </Drawer>
  );
}

function Facts({ limit, nameOf }: Omit<LimitDetailsProps, 'onClose'>) {
  const shown = (figure: Limit['used']): string => (figure === null ? 'not known' : exactFigure(limit, figure));
  const { on_unavailable: otherwise } = limit;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Amount', exactFigure(limit, limit.amount)],
    ['Used', shown(limit.used)],
    ['Held', shown(limit.held)],
    ['Remaining', shown(limit.remaining)],
    ['Projected', limit.projected === null ? 'not yet: it is early in the window' : shown(limit.projected)],
    ['Window began', limit.window_start === null ? '–' : <Time key="start" at={limit.window_start} />],
    ['Resets', limit.resets_at === null ? '–' : <Time key="end" at={limit.resets_at} />],
    ['When used up', limit.mode === 'block' ? 'Requests are refused' : 'It tells, and refuses nothing'],
    ['Events too', limit.refuse_events ? 'Refused from keys that report their own use' : 'Always recorded'],
    [
      'Counter unknown',
      otherwise === 'closed' ? 'Requests are refused' : `${exactFigure(limit, otherwise.open)} are admitted in all`,
    ],
    ['Tells at', limit.thresholds.length === 0 ? '–' : limit.thresholds.map((one) => `${one} %`).join(', ')],
    ['Suspended until', limit.suspended_until === null ? '–' : <Time key="suspended" at={limit.suspended_until} />],
    ['Last reset', limit.counts_from === null ? 'never' : <Time key="reset" at={limit.counts_from} />],
    ['Customer', limit.customer === null ? '–' : nameOf(limit.customer)],
    ['Set by', limit.set_by === 'operator' ? 'The operator' : 'The customer'],
    ['Made', <Time key="made" at={limit.created_at} />],
    ['Id', limit.id],
  ];
  return (
    <Table>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={150}>
              {name}
            </Table.Th>
            <Table.Td className="name figure">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const ALERTS_SHOWN = 50;

async function readAlerts(id: string) {
  return await bodyOf(api.GET('/v1/limits/{id}/alerts', { params: { path: { id }, query: { limit: ALERTS_SHOWN } } }));
}

type Alert = Awaited<ReturnType<typeof readAlerts>>['data'][number];

function Alerts({ limit }: { readonly limit: Limit }) {
  const { rows, error, onRetry } = usePages({
    queryKey: ['limits', 'alerts', limit.id],
    read: () => readAlerts(limit.id),
  });
  return (
    <section aria-label="What it has told">
      <Text fw={600} component="h3" size="sm" mb="xs">
        What it has told
      </Text>
      {error !== null && <ProblemAlert error={error} onRetry={onRetry} />}
      {rows === undefined && error === null && <Skeleton h={80} />}
      {rows?.length === 0 && (
        <Text size="sm" className="dim">
          Nothing yet.
        </Text>
      )}
      <ul className="plain-list">
        {rows?.map((alert) => (
          <li key={`${alert.created_at} ${alert.kind} ${alert.threshold}`}>
            <Text size="sm">{alertText(alert)}</Text>
            <Text size="xs" className="dim">
              <Time at={alert.created_at} /> · {exactFigure(limit, alert.used)} of {exactFigure(limit, alert.amount)}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}

function alertText({ kind, threshold }: Alert): string {
  if (kind === 'resolved') return 'No longer used up';
  return kind === 'projected' ? 'At its pace it would pass the amount' : `${threshold} % used`;
}
