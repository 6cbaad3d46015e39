// What the customer used in the last thirty days, at a glance.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLive } from '../live/use-live.ts';
import { LiveState } from '../overview/live-state.tsx';
import { Tile } from '../overview/tile.tsx';
import { Count, Money } from '../parts/exact.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useZone } from '../shell/zone.tsx';
import { periodOf } from '../usage/periods.ts';
import { mainCurrency, readUsage, totalsOf } from '../usage/usage-query.ts';

const NOTE = 'in the last 30 days';

export function CustomerUse({ id, currency }: { readonly id: string; readonly currency: string | undefined }) {
  const zone = useZone();
  const [nowMs] = useState(Date.now);
  const live = useLive(['customer-use', id]);
  const { startMs, endMs } = periodOf('30d', { zone, nowMs });
  const used = useQuery({
    queryKey: ['customer-use', id, zone, startMs],
    queryFn: () => readUsage({ startMs, endMs, zone, filters: { customer: id } }),
    placeholderData: keepPreviousData,
  });
  if (used.isError) return <ProblemAlert error={used.error} onRetry={() => void used.refetch()} />;
  const totals = used.data && totalsOf(used.data.rows);
  const shown = totals && mainCurrency(totals, currency ?? 'USD');
  return (
    <section aria-label="Use">
      <div className="tiles">
        <Tile
          name="Spend"
          value={totals && shown && <Money amount={totals.cost.get(shown) ?? '0'} currency={shown} />}
          note={NOTE}
        />
        <Tile name="Tokens" value={totals && <Count count={totals.tokens} />} note={NOTE} />
        <Tile name="Requests" value={totals && <Count count={totals.requests} />} note={<LiveState live={live} />} />
      </div>
    </section>
  );
}
