// How a limit is said: of whom it is, what it counts in which time, and its figures, short and exact.

import { toDrawn } from '../format/decimal.ts';
import { exactCount, exactMoney, shortCount, shortMoney } from '../format/number.ts';
import type { Limit } from './limits-query.ts';

export type Metric = Limit['metric'];
export type Window = Limit['window'];
export type ScopeKind = 'key' | 'project' | 'customer' | 'organization';

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  requests: 'Requests',
  input_tokens: 'Input tokens',
  output_tokens: 'Output tokens',
  tokens: 'Tokens',
  cost: 'Spend',
};

export const WINDOW_NAMES: Readonly<Record<Window, string>> = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  billing_period: 'a billing period',
  lifetime: 'in all',
};

export const SCOPE_NAMES: Readonly<Record<ScopeKind, string>> = {
  key: 'API key',
  project: 'Project',
  customer: 'Customer',
  organization: 'Organization',
};

export function scopeOf({ scope }: Pick<Limit, 'scope'>): { readonly kind: ScopeKind; readonly id: string } {
  if (scope.key !== undefined) return { kind: 'key', id: scope.key };
  if (scope.project !== undefined) return { kind: 'project', id: scope.project };
  if (scope.customer !== undefined) return { kind: 'customer', id: scope.customer };
  return { kind: 'organization', id: '' };
}

/** `Tokens a day`. */
export function termsText({ metric, window }: Pick<Limit, 'metric' | 'window'>): string {
  return `${METRIC_NAMES[metric]} ${WINDOW_NAMES[window]}`;
}

/** For confirming by name, where several limits are of the same thing. */
export function limitName(limit: Limit, nameOf: (id: string) => string): string {
  return `${scopeName(limit, nameOf)}, ${termsText(limit).toLowerCase()}`;
}

export function scopeName(limit: Pick<Limit, 'scope'>, nameOf: (id: string) => string): string {
  const { kind, id } = scopeOf(limit);
  return kind === 'organization' ? 'The whole organization' : nameOf(id);
}

type Figure = Limit['amount'];

export function shortFigure({ currency }: Pick<Limit, 'currency'>, figure: Figure): string {
  return currency === null ? shortCount(Number(figure)) : shortMoney(String(figure), currency);
}

export function exactFigure({ currency }: Pick<Limit, 'currency'>, figure: Figure): string {
  return currency === null ? exactCount(Number(figure)) : exactMoney(String(figure), currency);
}

/** Of the amount, for drawing; what is used of nothing is all of it. */
export function shareOf({ amount }: Pick<Limit, 'amount'>, figure: Figure | null): number {
  const [whole, part] = [toDrawn(String(amount)), toDrawn(String(figure ?? 0))];
  if (whole === 0) return part === 0 ? 0 : 1;
  return part / whole;
}

export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
