// What a version of a plan asks for, in words.

import { Stack, Text } from '@mantine/core';
import { billedMoney, exactDecimal } from '../format/number.ts';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Billed } from '../parts/exact.tsx';
import type { PlanVersion } from './plan-queries.ts';

type Terms = Pick<PlanVersion, 'charges' | 'fees' | 'commitment' | 'currency'>;
type Charge = NonNullable<Terms['charges']>[number];
type Fee = NonNullable<Terms['fees']>[number];

export function PlanTerms({ terms }: { readonly terms: Terms }) {
  const { charges = [], commitment = null, currency, fees = [] } = terms;
  const fixed: readonly (Fee & { readonly kind: string })[] = [
    ...fees.map((fee) => ({ ...fee, kind: 'Fee of each period' })),
    ...(commitment === null ? [] : [{ ...commitment, kind: 'At least in each period' }]),
  ];
  if (fixed.length === 0 && charges.length === 0) {
    return (
      <section className="panel">
        <EmptyState title="It asks for nothing of its own">Use is billed as the price book has it.</EmptyState>
      </section>
    );
  }
  const feeColumns: readonly Column<(typeof fixed)[number]>[] = [
    { name: 'On the invoice', cell: (fee) => <Described {...fee} /> },
    { name: 'Kind', cell: ({ kind }) => kind },
    { name: 'Amount', isNumber: true, cell: ({ amount }) => <Billed amount={amount} currency={currency} /> },
  ];
  const chargeColumns: readonly Column<Charge>[] = [
    { name: 'On the invoice', cell: (charge) => <Described {...charge} /> },
    { name: 'For', cell: (charge) => <span className="name">{forText(charge)}</span> },
    { name: 'Price', cell: (charge) => <PriceModel charge={charge} currency={currency} /> },
    { name: 'Also', cell: (charge) => <Also charge={charge} currency={currency} /> },
  ];
  const ready = { error: null, onRetry: () => undefined, empty: null, keyOf: ({ id }: { readonly id: string }) => id };
  return (
    <>
      {fixed.length > 0 && <DataTable label="Fees" columns={feeColumns} rows={fixed} {...ready} />}
      {charges.length > 0 && <DataTable label="Charges for use" columns={chargeColumns} rows={charges} {...ready} />}
    </>
  );
}

function Described({ id, description }: Pick<Fee, 'id' | 'description'>) {
  return (
    <>
      <span className="strong name">{description}</span>
      <Text size="xs" className="dim">
        {id}
      </Text>
    </>
  );
}

function forText({ classes = null, model = null, project = null, takes }: Charge): string {
  return [
    classes === null ? 'all classes' : classes.map(className).join(', '),
    model === null ? 'every model' : model,
    ...(project === null ? [] : [`project ${project}`]),
    ...(takes === 'all' ? ['also what other charges are for'] : []),
  ].join(' · ');
}

function PriceModel({ charge, currency }: { readonly charge: Charge; readonly currency: string }) {
  const { price_model: model } = charge;
  switch (model.kind) {
    case 'per_unit':
      return <>{billedMoney(model.unit_price, currency)} each</>;
    case 'package':
      return (
        <>
          {billedMoney(model.price, currency)} for each started {exactDecimal(model.size)}
        </>
      );
    case 'percentage':
      return (
        <>
          {model.percent} % of the {model.of}
          {model.fee_per_event !== undefined && /[1-9]/.test(model.fee_per_event)
            ? `, and ${billedMoney(model.fee_per_event, currency)} an event`
            : ''}
        </>
      );
    case 'cost_plus':
      return <>The price book and {model.percent} %</>;
    case 'graduated':
    case 'volume':
      return (
        <Stack gap={2}>
          <span>
            {model.kind === 'graduated' ? 'Each unit at the price of its tier' : 'All units at the price of their tier'}
          </span>
          {model.tiers.map((tier, index) => (
            <Text key={tier.up_to ?? 'rest'} size="xs" className="figure">
              {tier.up_to === null ? (index === 0 ? 'all' : 'above') : `up to ${exactDecimal(tier.up_to)}`}:{' '}
              {billedMoney(tier.unit_price, currency)}
              {tier.flat_fee !== undefined && /[1-9]/.test(tier.flat_fee)
                ? ` + ${billedMoney(tier.flat_fee, currency)}`
                : ''}
            </Text>
          ))}
        </Stack>
      );
  }
}

function Also({ charge, currency }: { readonly charge: Charge; readonly currency: string }) {
  const { allowance = '0', discount = null, maximum = null, minimum = null, split_by: splitBy = [] } = charge;
  const parts = [
    ...(/[1-9]/.test(allowance) ? [`${exactDecimal(allowance)} free`] : []),
    ...(discount === null
      ? []
      : [discount.kind === 'percent' ? `${discount.percent} % off` : `${billedMoney(discount.amount, currency)} off`]),
    ...(minimum === null ? [] : [`at least ${billedMoney(minimum, currency)}`]),
    ...(maximum === null ? [] : [`at most ${billedMoney(maximum, currency)}`]),
    ...(splitBy.length === 0 ? [] : [`a line for each ${splitBy.join(', ')}`]),
  ];
  return parts.length === 0 ? <span className="dim">–</span> : <span>{parts.join('; ')}</span>;
}
