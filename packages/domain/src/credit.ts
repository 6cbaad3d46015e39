// Credit grants: prepaid or promotional balance, and the order in which an invoice draws on them.

import type { InvoiceLine } from './invoice-line.ts';

export interface CreditGrant {
  readonly id: string;
  readonly kind: 'paid' | 'promotional';
  /** The lower one is drawn on first. */
  readonly priority: number;
  readonly effectiveFromMs: number;
  /** Exclusive; null: never. */
  readonly expiresAtMs: number | null;
  /** The charges and fees that it pays for; null: all. */
  readonly chargeIds: readonly string[] | null;
  readonly createdAtMs: number;
}

export interface AppliedCredit {
  readonly grantId: string;
  readonly kind: CreditGrant['kind'];
  /** Positive. */
  readonly amountMinor: bigint;
  /** By the id of the line: adds up to the amount. */
  readonly byLine: Readonly<Record<string, bigint>>;
}

/** What of a line is still to be paid. */
export interface PayableLine {
  readonly line: Pick<InvoiceLine, 'id' | 'chargeId'>;
  readonly payableMinor: bigint;
}

/**
 * The order of drawing: lower priority first, then what expires sooner, promotional before paid, what became effective
 * earlier, what was granted earlier, and the id, so that there is never a doubt.
 */
export function inDrawingOrder(grants: readonly CreditGrant[]): readonly CreditGrant[] {
  return grants.toSorted(
    (a, b) =>
      a.priority - b.priority ||
      soonerFirst(a.expiresAtMs, b.expiresAtMs) ||
      Number(a.kind === 'paid') - Number(b.kind === 'paid') ||
      a.effectiveFromMs - b.effectiveFromMs ||
      a.createdAtMs - b.createdAtMs ||
      (a.id < b.id ? -1 : 1),
  );
}

function soonerFirst(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

export function isUsable({ effectiveFromMs, expiresAtMs }: CreditGrant, atMs: number): boolean {
  return effectiveFromMs <= atMs && (expiresAtMs === null || atMs < expiresAtMs);
}

/** Grants that are in force pay for the lines in their scope, line by line, until there is nothing left of one or the other. */
export function applyCredits(of: {
  readonly grants: readonly CreditGrant[];
  /** What is left of each grant, by id (`balancesOf`). */
  readonly balances: ReadonlyMap<string, bigint>;
  readonly lines: readonly PayableLine[];
  /** The instant that the invoice is for: the end of its period. */
  readonly atMs: number;
}): readonly AppliedCredit[] {
  const { grants, balances, lines, atMs } = of;
  const payable = new Map(lines.map(({ line, payableMinor }) => [line.id, payableMinor]));
  return inDrawingOrder(grants.filter((grant) => isUsable(grant, atMs))).flatMap((grant) => {
    let balance = balances.get(grant.id) ?? 0n;
    const byLine: Record<string, bigint> = {};
    for (const { line } of lines) {
      if (grant.chargeIds !== null && !grant.chargeIds.includes(line.chargeId)) continue;
      const open = payable.get(line.id) ?? 0n;
      const drawn = open < balance ? open : balance;
      if (drawn <= 0n) continue;
      byLine[line.id] = drawn;
      payable.set(line.id, open - drawn);
      balance -= drawn;
    }
    const amountMinor = Object.values(byLine).reduce((sum, drawn) => sum + drawn, 0n);
    return amountMinor === 0n ? [] : [{ grantId: grant.id, kind: grant.kind, amountMinor, byLine }];
  });
}
