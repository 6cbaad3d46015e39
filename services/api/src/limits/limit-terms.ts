// What a caller says of a limit, to what is stored: defaults filled in, and checked for what no schema can say. Pure.

import type { LimitTerms } from '@tollgate/accounts';
import {
  type FieldError,
  flawOfModelPattern,
  type LimitMetric,
  parseDecimal,
  THRESHOLDS_DEFAULT,
  TollgateError,
} from '@tollgate/domain';
import type { NewTerms } from './limit-json.ts';

const PICO_DIGITS = 12;
/** A million of millions of the unit: what is more is a mistake. */
const COST_PICO_MAX = 10n ** 24n;

/** Fails with `validation_failed`, with pointers into the body. */
export function readTerms(body: NewTerms): LimitTerms {
  const { metric, window, mode } = body;
  const modelPattern = body.model ?? null;
  const refusesEvents = body.refuse_events ?? false;
  const onUnavailable = body.on_unavailable ?? 'closed';
  const amount = readAmount('/amount', metric, body.amount);
  const allowance = onUnavailable === 'closed' ? null : readAmount('/on_unavailable/open', metric, onUnavailable.open);
  const errors = [
    ...(modelPattern === null ? [] : flawsOfModel(modelPattern)),
    ...flawsIn(amount),
    ...(allowance === null ? [] : flawsIn(allowance)),
    ...(mode === 'alert' && refusesEvents ? [{ pointer: '/refuse_events', detail: 'is for limits that block.' }] : []),
  ];
  if (allowance?.value !== undefined && amount.value !== undefined && allowance.value > amount.value) {
    errors.push({ pointer: '/on_unavailable/open', detail: 'must be the amount at most.' });
  }
  if (errors.length > 0 || amount.value === undefined) {
    throw new TollgateError({ code: 'validation_failed', detail: 'The limit cannot be so. See `errors`.', errors });
  }
  return {
    modelPattern,
    metric,
    window,
    amount: amount.value,
    mode,
    thresholds: (body.thresholds ?? THRESHOLDS_DEFAULT).toSorted((one, other) => one - other),
    allowanceWhenUnknown: allowance?.value ?? null,
    refusesEvents,
  };
}

/** What it told may be told again: it counts or admits something else now. */
export function changesAdmission(before: LimitTerms, after: LimitTerms): boolean {
  return before.amount !== after.amount || before.modelPattern !== after.modelPattern;
}

type ReadAmount = { readonly value: bigint } | { readonly value: undefined; readonly flaw: FieldError };

function readAmount(pointer: string, metric: LimitMetric, said: number | string): ReadAmount {
  const flawed = (detail: string): ReadAmount => ({ value: undefined, flaw: { pointer, detail } });
  if (metric !== 'cost') {
    return typeof said === 'number'
      ? { value: BigInt(said) }
      : flawed(`must be a whole number, since it is of ${metric}.`);
  }
  if (typeof said === 'number') return flawed('must be decimal text, such as "25.00", since it is of money.');
  const value = parseDecimal(said, PICO_DIGITS);
  if (value === undefined) return flawed(`must be a decimal with ${PICO_DIGITS} digits after the point at most.`);
  if (value < 0n || value > COST_PICO_MAX) return flawed('must be between 0 and 1000000000000.');
  return { value };
}

function flawsIn(amount: ReadAmount): readonly FieldError[] {
  return amount.value === undefined ? [amount.flaw] : [];
}

function flawsOfModel(pattern: string): readonly FieldError[] {
  const detail = flawOfModelPattern(pattern);
  return detail === undefined ? [] : [{ pointer: '/model', detail }];
}
