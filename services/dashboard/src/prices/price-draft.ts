// A price that is being written, and what a month's use would come to under it. Exact: integers of 10⁻¹² all the way.

import { fromUnits, toUnits } from '../format/decimal.ts';
import type { ModelUse } from './price-queries.ts';

export interface ClassAmount {
  readonly name: string;
  readonly amount: string;
}

export const PRICED_CLASSES = [
  ...['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'cache_write_other', 'output', 'reasoning'],
  ...['tool_input', 'input_audio', 'cache_read_audio', 'output_audio', 'input_image', 'input_video', 'output_image'],
  ...['requests', 'web_searches'],
] as const;

/** Classes that are billed as another where they have no price of their own. */
const BILLED_AS: ReadonlyMap<string, string> = new Map([
  ['reasoning', 'output'],
  ['tool_input', 'input'],
  ['input_image', 'input'],
  ['input_video', 'input'],
]);
const MILLION = 1_000_000n;
const AMOUNT_SHAPE = /^\d{1,7}(?:\.\d{1,6})?$/;

export function isAmount(text: string): boolean {
  return AMOUNT_SHAPE.test(text.trim());
}

/** Priced by the piece, not for a million. */
export function isByPiece(name: string): boolean {
  return name === 'requests' || name === 'web_searches' || name.startsWith('meter:');
}

export interface SimulatedClass {
  readonly name: string;
  readonly quantity: number;
  readonly costNow: string;
  readonly costThen: string;
}

/** Of the classes that were used; a class that the draft says nothing of costs what it does. */
export function simulate(amounts: readonly ClassAmount[], { quantities, costs }: ModelUse): readonly SimulatedClass[] {
  const written = new Map(amounts.filter(({ amount }) => isAmount(amount)).map((one) => [one.name, one.amount.trim()]));
  return [...quantities].flatMap(([name, quantity]) => {
    const amount = written.get(name) ?? written.get(BILLED_AS.get(name) ?? '');
    if (quantity === 0 || (amount === undefined && !costs.has(name))) return [];
    const costNow = costs.get(name) ?? '0';
    return [{ name, quantity, costNow, costThen: amount === undefined ? costNow : costOf(name, quantity, amount) }];
  });
}

function costOf(name: string, quantity: number, amount: string): string {
  const units = toUnits(amount) * BigInt(quantity);
  // An amount has six places at most, so that nothing is cut off here.
  return fromUnits(isByPiece(name) ? units : units / MILLION);
}
