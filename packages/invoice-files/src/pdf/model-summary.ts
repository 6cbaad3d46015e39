// What was billed of each project and model. An amount of a line is divided among the use it is for, in proportion to what
// the events cost, so that the parts add up to the lines to the cent.

import { apportion, type CanonicalInvoice } from '@tollgate/domain';
import { exactOf, minorOf } from '../amounts.ts';

type Line = CanonicalInvoice['lines'][number];
type Group = NonNullable<Line['usage']>['groups'][number];

export interface ModelTotal {
  readonly project: string | null;
  /** The model, or the meter where there is none. */
  readonly model: string;
  readonly amountMinor: bigint;
}

export interface ModelSummary {
  /** By project, and the greatest amount first. */
  readonly models: readonly ModelTotal[];
  /** Fees, commitments and what is of no use. */
  readonly otherMinor: bigint;
}

export function summarizeModels({ lines }: CanonicalInvoice): ModelSummary {
  const totals = new Map<string, ModelTotal>();
  let otherMinor = 0n;
  for (const { amount, usage } of lines) {
    const groups = usage?.groups ?? [];
    const amountMinor = minorOf(amount);
    if (groups.length === 0) otherMinor += amountMinor;
    for (const [index, share] of (groups.length === 0 ? [] : apportion(amountMinor, weightsOf(groups))).entries()) {
      const group = groups[index];
      if (group !== undefined) add(totals, group, share);
    }
  }
  return { models: [...totals.values()].toSorted(inOrder), otherMinor };
}

function add(totals: Map<string, ModelTotal>, group: Group, shareMinor: bigint): void {
  const model = group.model === '' ? group.class.replace(/^meter:/, '') : group.model;
  const key = JSON.stringify([group.project, model]);
  const before = totals.get(key)?.amountMinor ?? 0n;
  totals.set(key, { project: group.project, model, amountMinor: before + shareMinor });
}

/** By what the events cost; where none of them has a cost, by how much was used. */
function weightsOf(groups: readonly Group[]): readonly bigint[] {
  const costs = alike(groups.map(({ cost }) => cost));
  return costs.some((cost) => cost > 0n) ? costs : alike(groups.map(({ quantity }) => quantity));
}

/** In whole numbers of one unit. Nothing weighs less than nothing. */
function alike(decimals: readonly string[]): readonly bigint[] {
  const amounts = decimals.map(exactOf);
  const digits = Math.max(0, ...amounts.map((amount) => amount.digits));
  return amounts.map((amount) => {
    const value = amount.value * 10n ** BigInt(digits - amount.digits);
    return value > 0n ? value : 0n;
  });
}

function inOrder(a: ModelTotal, b: ModelTotal): number {
  if (a.project !== b.project) return (a.project ?? '') < (b.project ?? '') ? -1 : 1;
  if (a.amountMinor !== b.amountMinor) return a.amountMinor > b.amountMinor ? -1 : 1;
  return a.model < b.model ? -1 : 1;
}
