// The limits' part of the port: what each admits, the calendar of its windows, and what it has told.

import type { Calendar, CalendarEra, LimitMetric, LimitRule, LimitScopeKind } from '@tollgate/domain';

/** Who may change a limit: the operator all, a customer those that it set itself. */
export type LimitSetBy = 'operator' | 'customer';

/** What a limit admits, of whom it is left aside. Amounts are in its metric's unit: requests, tokens, or picounits. */
export interface LimitTerms
  extends Pick<LimitRule, 'modelPattern' | 'metric' | 'window' | 'amount' | 'mode' | 'allowanceWhenUnknown'> {
  /** Percent of the amount at which it tells, ascending. */
  readonly thresholds: readonly number[];
  /** When it is used up, its keys may not report their own usage either. */
  readonly refusesEvents: boolean;
}

/** A limit as it stands, in picounits of its customer's currency (or the organization's) where it is one of money. */
export interface Limit extends LimitRule, LimitTerms {
  /** Among whose counters it is; null for the organization's. */
  readonly customerId: string | null;
  readonly setBy: LimitSetBy;
  /** Grows with each change of what it counts or admits: what it told before may be told again. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What each key that is made for the customer gets as a limit of its own. */
export interface LimitDefault extends LimitTerms {
  readonly id: string;
  readonly customerId: string;
  readonly setBy: LimitSetBy;
  readonly createdAtMs: number;
}

/** In what the limits of one owner are reckoned. */
export interface LimitReckoning {
  readonly calendar: Calendar;
  readonly currency: string;
}

/** All that decides of requests against the limits of one owner. */
export interface LimitSet extends LimitReckoning {
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

/** Where an alert stands among those of its limit. */
export type LimitAlertPlace = Pick<LimitAlert, 'atMs' | 'revision' | 'windowStartMs' | 'kind' | 'threshold'>;

/** That a limit was used up, and nothing was told since of its being so no more. */
export interface UsedUpAlert extends LimitAlert {
  /** Null for the organization's. */
  readonly customerId: string | null;
}

export interface LimitRecords {
  createLimit(limit: Limit): Promise<void>;
  /** Null also for one that was deleted. */
  limit(id: string): Promise<Limit | null>;
  /** As `limit`; nobody else changes it before the transaction ends. */
  lockLimit(id: string): Promise<Limit | null>;
  /** Writes everything but whose it is, who set it and the time of its making. */
  updateLimit(limit: Limit): Promise<void>;
  deleteLimit(id: string, deletedAtMs: number): Promise<void>;
  /** Those that end with a key or project. */
  deleteLimitsOf(scope: Limit['scope'], deletedAtMs: number): Promise<readonly Limit[]>;
  /** Nobody else counts these before the transaction ends. */
  countLimits(of: Pick<Limit, 'customerId' | 'setBy'>): Promise<number>;
  limits(page: LimitFilter & { readonly limit: number; readonly after?: string }): Promise<readonly Limit[]>;
  /** Of a customer, or of the organization (null). Null when there is no such customer. */
  limitSet(customerId: string | null): Promise<LimitSet | null>;
  /** Of those of these customers that exist. */
  limitReckonings(customerIds: readonly string[]): Promise<ReadonlyMap<string, LimitReckoning>>;
  /** The customers that have limits, by id; the organization is not among them. */
  customersWithLimits(page: { readonly limit: number; readonly after?: string }): Promise<readonly string[]>;

  /** Windows and periods that are under way at that instant end as they would have; those after it follow the new era. */
  changeCalendar(customerId: string, era: CalendarEra): Promise<void>;

  /** False when the same was told before: then nobody is to be told again. */
  noteLimitAlert(alert: LimitAlert): Promise<boolean>;
  /** Of limits of these customers, and of the organization where null is among them; the newest first, a thousand at most. */
  usedUpAlerts(customerIds: readonly (string | null)[]): Promise<readonly UsedUpAlert[]>;
  /** The newest first; `after`: those that come after this one. */
  limitAlerts(of: {
    readonly limitId: string;
    readonly limit: number;
    readonly after?: LimitAlertPlace;
  }): Promise<readonly LimitAlert[]>;

  createLimitDefault(limitDefault: LimitDefault): Promise<void>;
  /** As `limit`. Nobody else deletes it before the transaction ends. */
  lockLimitDefault(id: string): Promise<LimitDefault | null>;
  deleteLimitDefault(id: string, deletedAtMs: number): Promise<void>;
  limitDefaults(page: {
    readonly customerId?: string;
    readonly limit: number;
    readonly after?: string;
  }): Promise<readonly LimitDefault[]>;
}
