// The limits' part of the port: what each admits, the calendar of its windows, and what it has told.

import type { Calendar, CalendarEra, LimitMetric, LimitRule, LimitScopeKind } from '@tollgate/domain';

/** A limit as it stands. Amounts are in its metric's unit: requests, tokens, or picounits of the customer's currency. */
export interface Limit extends LimitRule {
  /** Among whose counters it is; null for the organization's. */
  readonly customerId: string | null;
  /** Percent of the amount at which it tells, ascending. */
  readonly thresholds: readonly number[];
  /** When it is used up, its keys may not report their own usage either. */
  readonly refusesEvents: boolean;
  /** Grows with each change of what it counts or admits: what it told before may be told again. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** All that decides of requests against the limits of one owner. */
export interface LimitSet {
  readonly calendar: Calendar;
  readonly currency: string;
  readonly limits: readonly Limit[];
}

export interface LimitFilter {
  readonly customerId?: string;
  readonly scopeKind?: LimitScopeKind;
  readonly scopeId?: string;
  readonly metric?: LimitMetric;
}

export interface LimitAlert {
  readonly limitId: string;
  readonly revision: number;
  /** 0 for a window without a start. */
  readonly windowStartMs: number;
  readonly kind: 'threshold' | 'projected' | 'resolved';
  /** Percent of the amount; 100 where the kind has no other. */
  readonly threshold: number;
  readonly used: bigint;
  readonly amount: bigint;
  readonly atMs: number;
}

export interface LimitRecords {
  createLimit(limit: Limit): Promise<void>;
  /** Null also for one that was deleted. */
  limit(id: string): Promise<Limit | null>;
  /** As `limit`; nobody else changes it before the transaction ends. */
  lockLimit(id: string): Promise<Limit | null>;
  /** Writes everything but whose it is and the time of its making. */
  updateLimit(limit: Limit): Promise<void>;
  deleteLimit(id: string, deletedAtMs: number): Promise<void>;
  limits(page: LimitFilter & { readonly limit: number; readonly after?: string }): Promise<readonly Limit[]>;
  /** Of a customer, or of the organization (null). Null when there is no such customer. */
  limitSet(customerId: string | null): Promise<LimitSet | null>;
  /** The customers that have limits, by id; the organization is not among them. */
  customersWithLimits(page: { readonly limit: number; readonly after?: string }): Promise<readonly string[]>;

  /** Windows and periods that are under way at that instant end as they would have; those after it follow the new era. */
  changeCalendar(customerId: string, era: CalendarEra): Promise<void>;

  /** False when the same was told before: then nobody is to be told again. */
  noteLimitAlert(alert: LimitAlert): Promise<boolean>;
  /** The newest first. */
  limitAlerts(of: { readonly limitId: string; readonly limit: number }): Promise<readonly LimitAlert[]>;
}
