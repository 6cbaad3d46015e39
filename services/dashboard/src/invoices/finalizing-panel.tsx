// What stands against finalizing a draft: the books of its period, and each reason with the page on which it is settled.

import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { exactCount } from '../format/number.ts';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { booksQuery, type Invoice, type Refusal, refusalsQuery } from './invoice-queries.ts';

const PANEL_HEIGHT = 180;

/** Every reason there can be, as what holds when it is none. */
const CHECKS: readonly (readonly [code: Refusal['code'], holds: string])[] = [
  ['period_not_ended', 'The period has ended'],
  ['not_all_counted', 'Everything accepted is counted'],
  ['books', 'The books balance'],
  ['dead_letters', 'No dead letters'],
  ['unpriced', 'Everything has a price'],
  ['rerate_applying', 'No re-rate is being applied'],
  ['seller_unknown', 'The seller is known'],
  ['invoice_disagrees', 'Invoice, use and events agree'],
];

export function FinalizingPanel({ invoice }: { readonly invoice: Invoice }) {
  const refusals = useQuery(refusalsQuery(invoice.id));
  const blocked = refusals.data?.length ?? 0;
  return (
    <Panel
      title="Before it is finalized"
      aside={
        refusals.data !== undefined && (
          <Text size="sm" role="status" className={blocked === 0 ? 'settled' : 'warned'}>
            {blocked === 0 ? 'Nothing blocks it' : blocked === 1 ? 'One thing blocks it' : `${blocked} things block it`}
          </Text>
        )
      }
    >
      {refusals.error !== null && <ProblemAlert error={refusals.error} onRetry={() => void refusals.refetch()} />}
      {refusals.data === undefined && refusals.error === null && <Skeleton h={PANEL_HEIGHT} />}
      {refusals.data !== undefined && (
        <ul className="checks">
          {CHECKS.map(([code, holds]) => (
            <Check key={code} {...{ holds, invoice, refusal: refusals.data.find((one) => one.code === code) }} />
          ))}
        </ul>
      )}
      <Books invoice={invoice} />
    </Panel>
  );
}

interface CheckProps {
  readonly holds: string;
  readonly refusal: Refusal | undefined;
  readonly invoice: Invoice;
}

function Check({ holds, refusal, invoice }: CheckProps) {
  return (
    <li data-check={refusal === undefined ? 'holds' : refusal.code}>
      <span aria-hidden className={refusal === undefined ? 'settled' : 'warned'}>
        {refusal === undefined ? '✓' : '!'}
      </span>
      <div>
        <Text size="sm">
          <span className="visually-hidden">{refusal === undefined ? 'Holds: ' : 'Does not hold: '}</span>
          {holds}
        </Text>
        {refusal !== undefined && (
          <Text size="xs" className="name" component="div">
            {refusal.detail} <Remedy refusal={refusal} invoice={invoice} />
          </Text>
        )}
      </div>
    </li>
  );
}

/** Where the reason is settled. */
function Remedy({ refusal, invoice }: { readonly refusal: Refusal; readonly invoice: Invoice }) {
  const { start, end } = invoice.period;
  switch (refusal.code) {
    case 'unpriced':
      return <RemedyLink to="/prices/unpriced">Set the missing prices ({unpricedModels(refusal)})</RemedyLink>;
    case 'dead_letters':
      return <RemedyLink to="/dead-letters">See the dead letters</RemedyLink>;
    case 'seller_unknown':
      return <RemedyLink to="/billing">Say who sells</RemedyLink>;
    case 'rerate_applying':
      return <RemedyLink to="/prices/rerates">See the re-rates</RemedyLink>;
    case 'books':
    case 'not_all_counted':
      return (
        <Link to="/events" search={{ customer: invoice.customer, start, end }} className="link underlined">
          See the events of the period
        </Link>
      );
    case 'period_not_ended':
    case 'invoice_disagrees':
      return null;
  }
}

function RemedyLink({ to, children }: { readonly to: string; readonly children: React.ReactNode }) {
  return (
    <Link to={to} className="link underlined">
      {children}
    </Link>
  );
}

/** The facts of a reason have no schema: what is not as expected is left out. */
function unpricedModels({ facts }: Refusal): string {
  const use: unknown = facts['use'];
  const models = (Array.isArray(use) ? use : []).flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'model' in one ? [String(one.model)] : [],
  );
  return [...new Set(models)].join(', ');
}

function Books({ invoice }: { readonly invoice: Invoice }) {
  const { customer, period } = invoice;
  const books = useQuery(booksQuery({ customer, start: period.start, end: period.end }));
  if (books.error !== null) return <ProblemAlert error={books.error} onRetry={() => void books.refetch()} />;
  const { data } = books;
  const parts = [
    ['stored', data?.stored],
    ['duplicates', data?.duplicate],
    ['conflicts', data?.conflict],
    ['dead letters', data?.dead_lettered],
    ['voided', data?.voided],
    ['in flight', data?.in_flight],
  ] as const;
  return (
    <section className="books" aria-label="The books of the period">
      <Figure name="events accepted" count={data?.accepted} />
      <span aria-hidden className="books-sign">
        {data === undefined || data.balances ? '=' : '≠'}
      </span>
      {parts.map(([name, count], index) => (
        <span key={name} className="books-part">
          {index > 0 && (
            <span aria-hidden className="books-sign">
              +
            </span>
          )}
          <Figure name={name} count={count} />
        </span>
      ))}
    </section>
  );
}

function Figure({ name, count }: { readonly name: string; readonly count: number | undefined }) {
  return (
    <span className="books-figure" data-book={name}>
      <span className="figure strong">{count === undefined ? '…' : exactCount(count)}</span>
      <span className="dim">{name}</span>
    </span>
  );
}
