// How the system is: its processes, how far counting is behind, what waits to be told, whether the books of the month balance,
// and how far reports and our own counts are apart. What is not known is said to be so.

import './health.css';
import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, bodyOf } from '../api/client.ts';
import { Tile } from '../overview/tile.tsx';
import { Count } from '../parts/exact.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { State } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';
import { BooksPanel } from './books-panel.tsx';
import { DriftPanel } from './drift-panel.tsx';
import { ServicesPanel } from './services-panel.tsx';
import { summaryOf } from './summary.ts';

const REFETCH_MS = 5_000;

async function readHealth() {
  return await bodyOf(api.GET('/v1/health'));
}

export type Health = Awaited<ReturnType<typeof readHealth>>;

export function HealthPage() {
  const zone = useZone();
  const health = useQuery({ queryKey: ['health'], queryFn: readHealth, refetchInterval: REFETCH_MS });
  return (
    <Page
      title="Health"
      lead={health.data === undefined ? `Times in ${zone}` : `Version ${health.data.version}. Times in ${zone}`}
      actions={
        health.data !== undefined && (
          <Text size="sm" className="dim">
            as of <Time at={health.data.checked_at} />
          </Text>
        )
      }
    >
      {health.isError && <ProblemAlert error={health.error} onRetry={() => void health.refetch()} />}
      {health.isPending && <Skeleton h={720} radius="lg" />}
      {health.data !== undefined && (
        <>
          <Summary health={health.data} isStale={health.isError} />
          <Tiles health={health.data} />
          <ServicesPanel services={health.data.services} />
          <div className="columns">
            <BooksPanel />
            <DriftPanel />
          </div>
        </>
      )}
    </Page>
  );
}

interface SummaryProps {
  readonly health: Health;
  readonly isStale: boolean;
}

function Summary({ health, isStale }: SummaryProps) {
  const troubles = summaryOf(health);
  if (isStale) {
    return (
      <Notice title="What is shown is of a while ago">
        <Text size="sm">The api does not say how things are at this moment.</Text>
      </Notice>
    );
  }
  if (troubles.length === 0) {
    return (
      <Text size="sm" component="div" role="status">
        <State tone="good">Every service was heard of, and its dependencies answer</State>
      </Text>
    );
  }
  return (
    <Notice title="Worth a look">
      <ul className="troubles">
        {troubles.map((trouble) => (
          <li key={trouble}>{trouble}</li>
        ))}
      </ul>
    </Notice>
  );
}

function Tiles({ health: { counting, webhooks } }: { readonly health: Health }) {
  return (
    <div className="tiles">
      <Tile
        name="Waiting to be counted"
        value={counting.lag_entries === null ? 'unknown' : <Count count={counting.lag_entries} />}
        note={
          counting.as_of === null ? (
            'nothing was counted yet, or it cannot be asked'
          ) : (
            <>
              counted until <Time at={counting.as_of} />
            </>
          )
        }
      />
      <Tile
        name="Webhooks due"
        value={<Count count={webhooks.due + webhooks.facts_waiting} />}
        note={
          webhooks.oldest_due_at === null ? (
            'nothing waits'
          ) : (
            <>
              since <Time at={webhooks.oldest_due_at} />
            </>
          )
        }
      />
      <Tile
        name="Endpoints failing"
        value={<Count count={webhooks.failing_endpoints} />}
        note={
          <Link to="/webhooks" className="link">
            Endpoints
          </Link>
        }
      />
      <Tile
        name="Endpoints given up"
        value={<Count count={webhooks.disabled_endpoints} />}
        note="disabled: they took nothing for days"
      />
    </div>
  );
}
