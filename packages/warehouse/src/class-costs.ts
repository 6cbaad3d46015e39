// Costs by class as one list, by place in `COST_CLASSES`: one column instead of one for each class, most of which are 0.

import { COST_CLASSES, type CostByClass, type CostClass } from '@tollgate/domain';

/** Without the zeros at the end: nothing for an event without a cost. */
export function listOfCosts(costs: CostByClass): readonly bigint[] {
  const list: bigint[] = [];
  for (const [place, costClass] of COST_CLASSES.entries()) {
    const cost = costs[costClass] ?? 0n;
    if (cost === 0n) continue;
    while (list.length < place) list.push(0n);
    list.push(cost);
  }
  return list;
}

/** A class that cost nothing and one that is not there are the same. */
export function costsOfList(list: readonly string[]): CostByClass {
  const costs: Partial<Record<CostClass, bigint>> = {};
  for (const [place, costClass] of COST_CLASSES.entries()) {
    const cost = BigInt(list[place] ?? 0);
    if (cost !== 0n) costs[costClass] = cost;
  }
  return costs;
}
