// What this month would come to under a price that is being written, held against what it comes to.

import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { fromUnits, sumOf, toUnits } from '../format/decimal.ts';
import { dateOnly, monthStart, toInstant } from '../format/time.ts';
import { className } from '../parts/class-name.ts';
import { Count, Money } from '../parts/exact.tsx';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useZone } from '../shell/zone.tsx';
import { type ClassAmount, type SimulatedClass, simulate } from './price-draft.ts';
import { modelUseQuery } from './price-queries.ts';

interface MonthUnderProps {
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  readonly customer: string | null;
  readonly currency: string;
  readonly amounts: readonly ClassAmount[];
}

const TYPING_MS = 400;

export function MonthUnder({ provider, model, tier, customer, currency, amounts }: MonthUnderProps) {
  const zone = useZone();
  const [asked] = useDebouncedValue({ provider, model }, TYPING_MS);
  const startMs = monthStart(zone, Date.now());
  const span = { start: toInstant(startMs), end: toInstant(monthStart(zone, startMs, -1)) };
  const isOfOne = asked.provider !== '' && asked.model !== '' && !`${asked.provider}${asked.model}`.includes('*');
  const use = useQuery({
    ...modelUseQuery({ ...asked, serviceTier: tier, customer, currency, ...span }),
    enabled: isOfOne,
  });
  const rows = use.data === undefined ? [] : simulate(amounts, use.data);
  return (
    <Panel title="What this month would cost under it">
      {use.error !== null && <ProblemAlert error={use.error} onRetry={() => void use.refetch()} />}
      {rows.length === 0 && (
        <Text size="sm" className="dim" role="status">
          {isOfOne
            ? `Nothing was used of it since ${dateOnly(startMs, zone)}, or no amount is written yet.`
            : 'Name one provider and model, and an amount.'}
        </Text>
      )}
      {rows.length > 0 && <Comparison rows={rows} currency={currency} />}
      <Text size="xs" className="dim" mt="sm">
        From {dateOnly(startMs, zone)} to now ({zone}), by the name that events carry
        {customer === null ? ', of all customers' : ''}. Mark-ups and prices by size of request are not in it: a
        re-rate's dry run has them.
      </Text>
    </Panel>
  );
}

function Comparison({ rows, currency }: { readonly rows: readonly SimulatedClass[]; readonly currency: string }) {
  const before = sumOf(rows.map(({ costNow }) => costNow));
  const after = sumOf(rows.map(({ costThen }) => costThen));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section className="table-scroll bleeding" tabIndex={0} aria-label="Table: the month under the new price">
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" className="right">
              Used
            </th>
            <th scope="col" className="right">
              Costs now
            </th>
            <th scope="col" className="right">
              Would cost
            </th>
            <th scope="col" className="right">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, quantity, costNow, costThen }) => (
            <tr key={name} data-class={name}>
              <td>{className(name)}</td>
              <td className="right">
                <Count count={quantity} />
              </td>
              <Costs before={costNow} after={costThen} currency={currency} />
            </tr>
          ))}
          <tr className="total">
            <td>Together</td>
            <td />
            <Costs before={before} after={after} currency={currency} />
          </tr>
        </tbody>
      </table>
    </section>
  );
}

interface CostsProps {
  readonly before: string;
  readonly after: string;
  readonly currency: string;
}

function Costs({ before, after, currency }: CostsProps) {
  return (
    <>
      <td className="right">
        <Money amount={before} currency={currency} />
      </td>
      <td className="right">
        <Money amount={after} currency={currency} />
      </td>
      <td className="right">
        <Money amount={fromUnits(toUnits(after) - toUnits(before))} currency={currency} />
      </td>
    </>
  );
}
