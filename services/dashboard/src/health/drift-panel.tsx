// How far what providers report and what we count of the same texts are apart, by model, over the last week.

import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { exactCount } from '../format/number.ts';
import { dayStart, toInstant } from '../format/time.ts';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useZone } from '../shell/zone.tsx';

const DAYS = 7;
const MODELS_SHOWN = 8;
const PERCENT = new Intl.NumberFormat('en', {
  ...{ style: 'percent', maximumFractionDigits: 2, signDisplay: 'exceptZero' },
});

async function readDrift(span: { readonly start: string; readonly end: string }) {
  const query = { ...span, group_by: ['model'], limit: MODELS_SHOWN };
  return await bodyOf(api.GET('/v1/usage/drift', { params: { query } }));
}

type Side = Awaited<ReturnType<typeof readDrift>>['data'][number]['input'];

export function DriftPanel() {
  const zone = useZone();
  const nowMs = Date.now();
  const span = { start: toInstant(dayStart(zone, nowMs, DAYS - 1)), end: toInstant(dayStart(zone, nowMs, -1)) };
  const drift = useQuery({ queryKey: ['drift', span], queryFn: () => readDrift(span), staleTime: 60_000 });
  return (
    <Panel title="Reported against counted">
      {drift.isError && <ProblemAlert error={drift.error} onRetry={() => void drift.refetch()} />}
      {drift.isPending && <Skeleton h={290} />}
      {drift.data?.data.length === 0 && (
        <Text size="sm" className="dim">
          Nothing to compare in {DAYS} days: events that carry both their text and the provider's usage are compared,
          and billed by the usage.
        </Text>
      )}
      {drift.data !== undefined && drift.data.data.length > 0 && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
          <section className="table-scroll" tabIndex={0} aria-label="Table of drift">
            <table className="sum">
              <thead>
                <tr>
                  <th scope="col">Model</th>
                  <th scope="col" className="right">
                    Events
                  </th>
                  <th scope="col" className="right">
                    Input
                  </th>
                  <th scope="col" className="right">
                    Output
                  </th>
                </tr>
              </thead>
              <tbody>
                {drift.data.data.map(({ group, events, input, output }) => (
                  <tr key={group['model']}>
                    <th scope="row" className="name">
                      {group['model']}
                    </th>
                    <td>{exactCount(events)}</td>
                    <td title={exactly(input)}>{shown(input)}</td>
                    <td title={exactly(output)}>{shown(output)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <Text size="xs" className="dim" mt="sm">
            Counted less reported, of {DAYS} days ({zone}). Hidden prompts and tools make a difference; one that grows
            is worth a look.
          </Text>
        </>
      )}
    </Panel>
  );
}

function shown(side: Side): string {
  if (side === null) return '–';
  return side.relative_difference === null ? 'nothing reported' : PERCENT.format(side.relative_difference);
}

function exactly(side: Side): string | undefined {
  if (side === null) return undefined;
  return `${exactCount(side.counted_tokens)} counted, ${exactCount(side.reported_tokens)} reported`;
}
