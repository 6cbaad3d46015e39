// Whether everything that was accepted this month appears exactly once, with every term of the sum.

import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { exactCount } from '../format/number.ts';
import { monthStart, toInstant } from '../format/time.ts';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { State } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';

const REFETCH_MS = 15_000;

async function readBooks(span: { readonly start: string; readonly end: string }) {
  return await bodyOf(api.GET('/v1/books', { params: { query: span } }));
}

type Books = Awaited<ReturnType<typeof readBooks>>;

const TERMS = [
  ['stored', 'Stored', 'counted, and in the figures'],
  ['duplicate', 'Duplicates', 'sent again, counted once'],
  ['conflict', 'Conflicts', 'the same id with other content'],
  ['dead_lettered', 'Dead letters', 'could not be counted'],
  ['voided', 'Voided', 'withdrawn'],
  ['in_flight', 'In flight', 'accepted, not counted yet'],
] as const satisfies readonly (readonly [keyof Books, string, string])[];

export function BooksPanel() {
  const zone = useZone();
  const nowMs = Date.now();
  const span = { start: toInstant(monthStart(zone, nowMs)), end: toInstant(monthStart(zone, nowMs, -1)) };
  const books = useQuery({
    queryKey: ['books', span],
    queryFn: () => readBooks(span),
    refetchInterval: REFETCH_MS,
  });
  return (
    <Panel title="Books of this month" aside={books.data && <Verdict books={books.data} />}>
      {books.isError && <ProblemAlert error={books.error} onRetry={() => void books.refetch()} />}
      {books.isPending && <Skeleton h={290} />}
      {books.data !== undefined && (
        <>
          <table className="sum">
            <tbody>
              <tr className="sum-whole">
                <th scope="row">Accepted</th>
                <td data-book="accepted">{exactCount(books.data.accepted)}</td>
              </tr>
              {TERMS.map(([term, name, meaning]) => (
                <tr key={term}>
                  <th scope="row">
                    {name} <span className="dim">{meaning}</span>
                  </th>
                  <td data-book={term}>{exactCount(books.data[term])}</td>
                </tr>
              ))}
              <tr className="sum-whole">
                <th scope="row">
                  Missing <span className="dim">entries of the log that were skipped, ever</span>
                </th>
                <td>{exactCount(books.data.missing_entries)}</td>
              </tr>
            </tbody>
          </table>
          <Text size="xs" className="dim" mt="sm">
            From <Time at={books.data.start} /> to <Time at={books.data.end} /> ({zone}).
            {books.data.as_of === null && ' Nothing was counted yet.'}
          </Text>
        </>
      )}
    </Panel>
  );
}

function Verdict({ books }: { readonly books: Books }) {
  if (books.balances) return <State tone="good">They balance</State>;
  if (!books.in_flight_complete) return <State tone="waiting">Too much is in flight to say</State>;
  return <State tone="bad">They do not balance</State>;
}
