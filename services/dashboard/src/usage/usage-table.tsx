// The groups with their exact figures, and the way from each to its events.

import { Link } from '@tanstack/react-router';
import type { EventFilters } from '../events/event-filters.ts';
import { toDrawn } from '../format/decimal.ts';
import { change, exactCount, exactMoney } from '../format/number.ts';
import type { UsageGroup } from './usage-groups.ts';
import { type Filters, type GroupField, grouped, type Totals, totalsOf, type UsageRow } from './usage-query.ts';
import type { Measure, UsageView } from './usage-view.ts';

interface UsageTableProps {
  readonly groups: readonly UsageGroup[];
  readonly group: GroupField;
  readonly measure: Measure;
  readonly currency: string;
  readonly nameOf: (value: string) => string;
  readonly view: UsageView;
  readonly filters: Filters;
  readonly period: { readonly startMs: number; readonly endMs: number };
  /** The rows of the time before; absent: it is not compared. */
  readonly before: readonly UsageRow[] | undefined;
}

const GROUP_NAMES: Readonly<Record<GroupField, string>> = {
  ...{ customer: 'Customer', project: 'Project', key: 'API key', model: 'Model', provider: 'Provider', type: 'Type' },
  ...{ token_class: 'Token class', service_tier: 'Service tier', status: 'Status' },
};

/** What events can be asked for by. */
const EVENT_FIELDS = ['customer', 'key', 'model'] as const;

export function UsageTable(props: UsageTableProps) {
  const { groups, group, measure, currency, nameOf, before } = props;
  const earlier = before && grouped(before, (row) => row.group[group] ?? '');
  const all = totalsOf(groups.flatMap(({ rows }) => rows));
  const figureOf = (totals: Totals): number =>
    measure === 'cost' ? toDrawn(totals.cost.get(currency) ?? '0') : Number(totals[measure]);
  const changeOf = (totals: Totals, rows: readonly UsageRow[]) =>
    change(figureOf(totals), figureOf(totalsOf(rows))) ?? 'new';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section className="table-scroll" tabIndex={0} aria-label="Table of usage">
      <table className="data-table" data-table="usage">
        <thead>
          <tr>
            <th scope="col">{GROUP_NAMES[group]}</th>
            <th scope="col" className="right">
              Cost
            </th>
            {before !== undefined && (
              <th scope="col" className="right">
                Change of {measure}
              </th>
            )}
            <th scope="col" className="right">
              Tokens
            </th>
            <th scope="col" className="right">
              Requests
            </th>
            <th scope="col" className="right">
              Unpriced
            </th>
            <th scope="col">
              <span className="visually-hidden">Events</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ value, totals }) => (
            <tr key={value} data-group={value}>
              <th scope="row" className="name row-name">
                {nameOf(value)}
              </th>
              <Figures totals={totals} currency={currency}>
                {before !== undefined && <td className="right">{changeOf(totals, earlier?.get(value) ?? [])}</td>}
              </Figures>
              <td className="right">
                <EventsLink {...props} value={value} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr data-group="total" className="total">
            <th scope="row">Total</th>
            <Figures totals={all} currency={currency}>
              {before !== undefined && <td className="right">{changeOf(all, before)}</td>}
            </Figures>
            <td />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

interface FiguresProps {
  readonly totals: Totals;
  readonly currency: string;
  readonly children: React.ReactNode;
}

function Figures({ totals, currency, children }: FiguresProps) {
  const others = [...totals.cost].filter(([name]) => name !== currency);
  return (
    <>
      <td className="right" data-figure="cost">
        {exactMoney(totals.cost.get(currency) ?? '0', currency)}
        {others.map(([name, amount]) => (
          <div key={name}>{exactMoney(amount, name)}</div>
        ))}
      </td>
      {children}
      <td className="right" data-figure="tokens">
        {exactCount(totals.tokens)}
      </td>
      <td className="right" data-figure="requests">
        {exactCount(totals.requests)}
      </td>
      <td className="right">{exactCount(totals.unpricedEvents)}</td>
    </>
  );
}

function EventsLink({ group, value, filters, period, nameOf }: UsageTableProps & { readonly value: string }) {
  const field = EVENT_FIELDS.find((one) => one === group);
  // Events are not asked for by provider.
  if (field === undefined || value === '' || filters.provider !== undefined) return null;
  const { provider: _, ...asked } = filters;
  const search: EventFilters = {
    ...asked,
    ...{ [field]: value },
    ...{ start: new Date(period.startMs).toISOString(), end: new Date(period.endMs).toISOString() },
  };
  return (
    <Link to="/events" search={search} className="link" aria-label={`Events of ${nameOf(value)}`}>
      Events
    </Link>
  );
}
