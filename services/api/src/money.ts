// Money on the wire: decimal text, exact, made from picounits (a millionth of a millionth of the currency's unit).

import { COST_CLASSES, type CostByClass, type CostClass } from '@tollgate/domain';

const PICO_DIGITS = 12;

/** `60_000_000n` is `"0.00006"`; no exponent, no trailing zeros. */
export function decimalOfPico(pico: bigint): string {
  const sign = pico < 0n ? '-' : '';
  const digits = (pico < 0n ? -pico : pico).toString().padStart(PICO_DIGITS + 1, '0');
  const whole = digits.slice(0, -PICO_DIGITS);
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** Costs by class; a class that cost nothing is left out. */
export function decimalsOf(costs: CostByClass): Partial<Record<CostClass, string>> {
  const decimals: Partial<Record<CostClass, string>> = {};
  for (const costClass of COST_CLASSES) {
    const cost = costs[costClass];
    if (cost !== undefined && cost !== 0n) decimals[costClass] = decimalOfPico(cost);
  }
  return decimals;
}
