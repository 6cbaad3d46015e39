// The prices of the list gathered by what they are prices of, so that a model is one row.

import type { Price } from './price-queries.ts';

export interface ModelPrices {
  readonly key: string;
  readonly provider: string;
  readonly model: string;
  /** Null: of the list, for all. */
  readonly customer: string | null;
  readonly currency: string;
  readonly serviceTier: string;
  readonly condition: string;
  readonly byClass: ReadonlyMap<string, Price>;
  readonly since: string;
}

export function gatherByModel(prices: readonly Price[]): readonly ModelPrices[] {
  const gathered = new Map<string, Price[]>();
  for (const price of prices) {
    const key = [price.provider, price.model, price.customer, price.currency, price.service_tier, conditionOf(price)];
    const name = JSON.stringify(key);
    const members = gathered.get(name);
    if (members === undefined) gathered.set(name, [price]);
    else members.push(price);
  }
  return [...gathered].flatMap(([key, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const { provider, model, customer, currency, service_tier: serviceTier } = first;
    // A later version is listed later, and takes the place of the one before it.
    const byClass = new Map(members.map((price) => [price.class, price]));
    const since =
      members
        .map(({ effective_from: from }) => from)
        .toSorted()
        .at(-1) ?? '';
    return [{ key, provider, model, customer, currency, serviceTier, condition: conditionOf(first), byClass, since }];
  });
}

/** What else has to be so for the price to apply; empty: nothing. */
export function conditionOf({ context, region }: Pick<Price, 'context' | 'region'>): string {
  const parts = [
    ...(context === null ? [] : ['over' in context ? `over ${context.over} tokens` : `from ${context.from} tokens on`]),
    ...(region === null ? [] : [`in ${region}`]),
  ];
  return parts.join(', ');
}
