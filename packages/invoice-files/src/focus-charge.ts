// What a row of FOCUS says of prices: unit price × quantity is the cost, exactly, to the list and to the contract.

import { type Exact, exact, roundHalfUp, times, ZERO } from '@tollgate/domain';
import { FOCUS_DIGITS, type FocusRow } from './focus-columns.ts';

export type PricedColumns = Pick<
  FocusRow,
  'ContractedCost' | 'ContractedUnitPrice' | 'ListCost' | 'ListUnitPrice' | 'PricingQuantity' | 'PricingUnit'
>;

/** What one price is for: `1000000 Tokens`. */
export interface Unit {
  /** Such as `Tokens`. */
  readonly name: string;
  /** A power of ten. */
  readonly size: bigint;
}

export const SINGLE: Unit = { name: 'Units', size: 1n };

const ONE = exact(1n);
/** So that a product with a price of 18 digits fits into the 38 of a decimal, and readers can check it. */
const QUANTITY_DIGITS_MAX = 9;

/** A quantity at a price; undefined where one of the numbers has more digits than a file holds. */
export function atPrice(of: {
  readonly quantity: Exact;
  readonly unit: Unit;
  /** For one of what is counted, not for the unit. */
  readonly listPrice: Exact;
  readonly contractedPrice: Exact;
}): PricedColumns | undefined {
  const size = exact(of.unit.size);
  const quantity = trimmed(perSize(of.quantity, of.unit.size));
  const [listPrice, contractedPrice] = [trimmed(times(of.listPrice, size)), trimmed(times(of.contractedPrice, size))];
  const costs = { list: trimmed(times(quantity, listPrice)), contracted: trimmed(times(quantity, contractedPrice)) };
  const fits =
    quantity.digits <= QUANTITY_DIGITS_MAX &&
    [listPrice, contractedPrice, costs.list, costs.contracted].every(({ digits }) => digits <= FOCUS_DIGITS) &&
    listPrice.value >= 0n &&
    contractedPrice.value >= 0n;
  if (!fits) return undefined;
  return {
    ContractedCost: costs.contracted,
    ContractedUnitPrice: contractedPrice,
    ListCost: costs.list,
    ListUnitPrice: listPrice,
    PricingQuantity: quantity,
    PricingUnit: of.unit.size === 1n ? of.unit.name : `${of.unit.size} ${of.unit.name}`,
  };
}

/** A cost that no price makes: one unit of it, and what is negative is less than no unit. */
export function asOne(cost: { readonly list: Exact; readonly contracted: Exact }): PricedColumns {
  const [list, contracted] = [toFocusDigits(cost.list), toFocusDigits(cost.contracted)];
  const isNegative = contracted.value < 0n;
  // Both have the sign of the quantity, since a price has none.
  const listCost = list.value < 0n === isNegative ? list : contracted;
  return {
    ContractedCost: contracted,
    ContractedUnitPrice: sizeOf(contracted),
    ListCost: listCost,
    ListUnitPrice: sizeOf(listCost),
    PricingQuantity: isNegative ? exact(-1n) : ONE,
    PricingUnit: SINGLE.name,
  };
}

export function toFocusDigits(amount: Exact): Exact {
  return trimmed(exact(roundHalfUp(amount, FOCUS_DIGITS), FOCUS_DIGITS));
}

/** `over` / `under`, where that is a decimal of so many digits. */
export function quotient(over: Exact, under: Exact): Exact | undefined {
  if (under.value === 0n) return undefined;
  const shift = FOCUS_DIGITS + under.digits - over.digits;
  if (shift < 0) return undefined;
  const value = over.value * 10n ** BigInt(shift);
  return value % under.value === 0n ? trimmed(exact(value / under.value, FOCUS_DIGITS)) : undefined;
}

/** Without zeros at the end. */
export function trimmed({ value, digits }: Exact): Exact {
  if (value === 0n) return ZERO;
  let [left, leftDigits] = [value, digits];
  while (leftDigits > 0 && left % 10n === 0n) {
    left /= 10n;
    leftDigits -= 1;
  }
  return exact(left, leftDigits);
}

function sizeOf({ value, digits }: Exact): Exact {
  return exact(value < 0n ? -value : value, digits);
}

function perSize({ value, digits }: Exact, size: bigint): Exact {
  return exact(value, digits + size.toString().length - 1);
}
