// What a limit is, which requests and events it applies to, and how much of it each takes. Pure: the counters themselves
// are in `limit-ledger.ts`, and in the scripts that are held equal to it.

import { CALENDAR_WINDOWS, type CalendarWindow } from './calendar.ts';
import { matchesModel } from './model-patterns.ts';
import { INPUT_CLASSES, OUTPUT_CLASSES, type TokenClass, type TokenCounts } from './token-classes.ts';
import type { UsageRow } from './usage.ts';

export const LIMIT_METRICS = ['requests', 'input_tokens', 'output_tokens', 'tokens', 'cost'] as const;

export type LimitMetric = (typeof LIMIT_METRICS)[number];

/** A `minute` is a bucket that drains evenly, so that no two bursts meet at a boundary; the others are of the calendar. */
export const LIMIT_WINDOWS = ['minute', ...CALENDAR_WINDOWS] as const;

export type LimitWindow = 'minute' | CalendarWindow;

export const LIMIT_SCOPES = ['key', 'project', 'customer', 'organization'] as const;

export type LimitScopeKind = (typeof LIMIT_SCOPES)[number];

/** What decides whether a use counts against a limit, and as how much: all that settling has to know of it. */
export interface LimitDefinition {
  readonly id: string;
  readonly scope: { readonly kind: LimitScopeKind; readonly id: string };
  /** A model pattern such as `gpt-4o*`; null: every model. */
  readonly modelPattern: string | null;
  readonly metric: LimitMetric;
  readonly window: LimitWindow;
  /** Use before this instant does not count: the limit was reset then. 0 when it never was. */
  readonly countsFromMs: number;
}

/** Where the counting of a limit begins within a window: at its start, or where the limit was reset in it. */
export function countingStart({ countsFromMs }: LimitDefinition, windowStartMs: number): number {
  return Math.max(windowStartMs, countsFromMs);
}

/** Who asks or used, and which model. */
export interface LimitSubject {
  readonly keyId: string | null;
  readonly projectId: string | null;
  readonly customerId: string;
  readonly model: string;
}

export function limitApplies({ scope, modelPattern }: LimitDefinition, subject: LimitSubject): boolean {
  return isInScope(scope, subject) && (modelPattern === null || matchesModel(modelPattern, subject.model));
}

function isInScope({ kind, id }: LimitDefinition['scope'], subject: LimitSubject): boolean {
  switch (kind) {
    case 'key':
      return subject.keyId === id;
    case 'project':
      return subject.projectId === id;
    case 'customer':
      return subject.customerId === id;
    case 'organization':
      return true;
  }
}

/** What a request may take at worst, or an event took. */
export interface LimitedUse {
  readonly requests: bigint;
  /** Of all input classes together. */
  readonly inputTokens: bigint;
  /** Of all output classes together. */
  readonly outputTokens: bigint;
  /** Picounits of the customer's currency. */
  readonly costPico: bigint;
}

/**
 * What a counted event took. One without a price costs nothing until it is rated anew, and so does one in another currency
 * than the limit's: such are among the organization's only.
 */
export function limitedUseOf(
  row: Pick<UsageRow, 'requests' | 'tokens' | 'costPico' | 'currency'>,
  currency: string,
): LimitedUse {
  const costPico = row.currency === currency ? (row.costPico ?? 0n) : 0n;
  return {
    requests: row.requests,
    inputTokens: sumOf(row.tokens, INPUT_CLASSES),
    outputTokens: sumOf(row.tokens, OUTPUT_CLASSES),
    costPico: costPico > 0n ? costPico : 0n,
  };
}

function sumOf(tokens: TokenCounts, classes: readonly TokenClass[]): bigint {
  return classes.reduce((sum, name) => sum + (tokens[name] ?? 0n), 0n);
}

/** In the limit's unit: requests, tokens or picounits. */
export function quantityOf(metric: LimitMetric, use: LimitedUse): bigint {
  switch (metric) {
    case 'requests':
      return use.requests;
    case 'input_tokens':
      return use.inputTokens;
    case 'output_tokens':
      return use.outputTokens;
    case 'tokens':
      return use.inputTokens + use.outputTokens;
    case 'cost':
      return use.costPico;
  }
}
