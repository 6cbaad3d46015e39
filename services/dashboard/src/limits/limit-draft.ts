// What is typed into the form of a limit, and what is sent of it. Pure; what no form can know, the api refuses and says where.

import type { Limit, METRICS, SCOPE_KINDS, WINDOWS } from './limits-query.ts';

export interface LimitDraft {
  readonly scope: (typeof SCOPE_KINDS)[number];
  readonly id: string | null;
  readonly metric: (typeof METRICS)[number];
  readonly window: (typeof WINDOWS)[number];
  readonly amount: string;
  readonly model: string;
  readonly mode: 'block' | 'alert';
  readonly thresholds: string;
  /** Empty: nothing is admitted while the counter is not known. */
  readonly allowance: string;
  readonly refusesEvents: boolean;
}

export const NEW_LIMIT: LimitDraft = {
  ...{ scope: 'key', id: null, metric: 'tokens', window: 'day', amount: '', model: '', mode: 'block' },
  ...{ thresholds: '50, 75, 90, 100', allowance: '', refusesEvents: false },
};

export function draftOf(limit: Limit): LimitDraft {
  const { on_unavailable: otherwise } = limit;
  return {
    ...NEW_LIMIT,
    ...{ metric: limit.metric, window: limit.window, amount: String(limit.amount), model: limit.model ?? '' },
    ...{ mode: limit.mode, thresholds: limit.thresholds.join(', '), refusesEvents: limit.refuse_events },
    allowance: otherwise === 'closed' ? '' : String(otherwise.open),
  };
}

/** As people write numbers: `10,000`. A cost stays text, and whatever is no number is left for the api to refuse. */
function amountOf({ metric }: Pick<LimitDraft, 'metric'>, text: string): number | string {
  const plain = text.replaceAll(/[\s,_]/g, '');
  return metric === 'cost' || !/^\d+$/.test(plain) ? plain : Number(plain);
}

export function termsOf(draft: LimitDraft) {
  const { model, mode, thresholds, allowance, refusesEvents } = draft;
  const percents = thresholds.split(/[\s,%]+/).filter((text) => text !== '');
  return {
    amount: amountOf(draft, draft.amount),
    mode,
    model: model.trim() === '' ? null : model.trim(),
    thresholds: percents.map(Number),
    on_unavailable: allowance.trim() === '' ? ('closed' as const) : { open: amountOf(draft, allowance) },
    refuse_events: mode === 'block' && refusesEvents,
  };
}

export function newLimitOf(draft: LimitDraft) {
  const { scope, id, metric, window } = draft;
  const whose = scope === 'organization' ? { organization: true as const } : { [scope]: id ?? '' };
  return { scope: whose, metric, window, ...termsOf(draft) };
}
