// Who, or what, has spent most: the first few of a group.

import { Skeleton, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { toDrawn, toUnits } from '../format/decimal.ts';
import { Count, Money } from '../parts/exact.tsx';
import type { Range } from '../usage/periods.ts';
import { grouped, totalsOf, type Usage } from '../usage/usage-query.ts';

interface TopListProps {
  readonly title: string;
  readonly field: 'customer' | 'model' | 'key';
  readonly usage: Usage | undefined;
  readonly currency: string;
  readonly nameOf: (id: string) => string;
  readonly range: Range;
}

const SHOWN = 5;

export function TopList({ title, field, usage, currency, nameOf, range }: TopListProps) {
  const first = usage === undefined ? [] : largestOf(usage, field, currency);
  const most = Math.max(...first.map(({ cost }) => toDrawn(cost)), 0);
  return (
    <section className="panel" aria-label={title} aria-busy={usage === undefined}>
      <Text fw={600} mb="sm" component="h2" size="md">
        {title}
      </Text>
      {usage === undefined && <Skeleton h={190} />}
      {usage !== undefined && first.length === 0 && (
        <Text size="sm" className="dim">
          Nothing yet.
        </Text>
      )}
      <ol className="top-list">
        {first.map(({ value, tokens, cost }) => (
          <li key={value}>
            <Link
              to="/usage"
              search={{ range, group: field, ...(value === '' ? {} : { [field]: value }) }}
              className="top-name name"
            >
              {value === '' ? '(none)' : nameOf(value)}
            </Link>
            <span className="top-figures">
              <Money amount={cost} currency={currency} />
              <span className="dim">
                <Count count={tokens} /> tokens
              </span>
            </span>
            <span className="bar top-bar" aria-hidden="true">
              <span className="bar-fill" style={{ width: `${most === 0 ? 0 : (toDrawn(cost) / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function largestOf(usage: Usage, field: TopListProps['field'], currency: string) {
  const groups = [...grouped(usage.rows, ({ group }) => group[field] ?? '')].map(([value, rows]) => {
    const { tokens, cost } = totalsOf(rows);
    return { value, tokens, cost: cost.get(currency) ?? '0' };
  });
  const byCost = (one: (typeof groups)[number], other: (typeof groups)[number]): number => {
    const [a, b] = [toUnits(one.cost), toUnits(other.cost)];
    if (a === b) return other.tokens > one.tokens ? 1 : -1;
    return b > a ? 1 : -1;
  };
  return groups.sort(byCost).slice(0, SHOWN);
}
