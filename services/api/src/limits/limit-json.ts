// How a limit is written and read in JSON: the schemas, and the ways between them and the limit as it is stored.

import type { Limit, LimitDefault, LimitTerms } from '@tollgate/accounts';
import {
  formatTimestamp,
  LIMIT_METRICS,
  LIMIT_WINDOWS,
  type LimitMetric,
  MODEL_PATTERN_LENGTH_MAX,
  THRESHOLDS_DEFAULT,
} from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { CustomerId } from '../customers.ts';
import { KeyId } from '../key-json.ts';
import { decimalOfPico } from '../money.ts';
import { ProjectId } from '../project-id.ts';
import { Count, Decimal, idOf, orNull, Timestamp } from '../schemas.ts';
import type { LimitFigures } from './limit-figures.ts';

const LimitId = idOf('lim', 'a limit');
const LimitDefaultId = idOf('lmd', 'a default of limits');
const OrganizationId = idOf('org', 'the organization');

export const MetricName = Type.Enum([...LIMIT_METRICS], {
  description:
    '`tokens` are `input_tokens` (all classes of input) and `output_tokens` together; `cost` is what the customer pays.',
});
const WindowName = Type.Enum([...LIMIT_WINDOWS], {
  description:
    "Calendar windows in the customer's zone, weeks from Monday, `billing_period` from its billing day. A `minute` is a bucket that drains evenly, so that no two bursts meet at a boundary.",
});

const THRESHOLDS_MAX = 20;
/** Ten times the amount: what an alerting limit may still want to tell. */
const THRESHOLD_MAX = 1_000;

export const Amount = Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Decimal], {
  description: "A `cost` is decimal text in the customer's currency, anything else a whole number.",
});
const Mode = Type.Enum(['block', 'alert'], {
  description: '`block` refuses what would pass the amount; `alert` counts and tells.',
});
const Thresholds = Type.Array(Type.Integer({ minimum: 1, maximum: THRESHOLD_MAX }), {
  maxItems: THRESHOLDS_MAX,
  uniqueItems: true,
  default: [...THRESHOLDS_DEFAULT],
  description: 'Percent of the amount at which it tells, once in each window. None: it tells nothing.',
});
const OnUnavailable = Type.Union(
  [Type.Literal('closed'), Type.Object({ open: Amount }, { additionalProperties: false })],
  {
    default: 'closed',
    description:
      'While its counter is not known (it was lost, or is being counted anew): `closed` refuses, `open` admits so much in total, at most the amount.',
  },
);

/** What can be said of a limit when it is made, and changed later. */
export const changeableTerms = {
  model: Type.Optional(
    orNull(
      Type.String({
        minLength: 1,
        maxLength: MODEL_PATTERN_LENGTH_MAX,
        description: 'Only this model, in which `*` stands for any text: `gpt-4o*`. Null: every model.',
      }),
    ),
  ),
  amount: Amount,
  mode: Mode,
  thresholds: Type.Optional(orNull(Thresholds)),
  on_unavailable: Type.Optional(orNull(OnUnavailable)),
  refuse_events: Type.Optional(
    orNull(
      Type.Boolean({
        default: false,
        description: 'When it is used up, `POST /v1/events` refuses keys that report their own usage, too.',
      }),
    ),
  ),
};

export const newTerms = { metric: MetricName, window: WindowName, ...changeableTerms };

export const ChangeableTerms = Type.Object(changeableTerms, { additionalProperties: false });
export type ChangeableTerms = Static<typeof ChangeableTerms>;
export type NewTerms = ChangeableTerms & Pick<LimitTerms, 'metric' | 'window'>;

export const Scope = Type.Object(
  {
    key: Type.Optional(KeyId),
    project: Type.Optional(ProjectId),
    customer: Type.Optional(CustomerId),
    organization: Type.Optional(Type.Union([Type.Literal(true), OrganizationId])),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: 'Whose use it limits: one of these.',
  },
);

const shownTerms = {
  model: orNull(Type.String()),
  metric: MetricName,
  window: WindowName,
  amount: Amount,
  mode: Mode,
  thresholds: Thresholds,
  on_unavailable: OnUnavailable,
  refuse_events: Type.Boolean(),
};

const SetBy = Type.Enum(['operator', 'customer'], {
  description: 'What the operator set, no key of the customer changes.',
});
const Figure = orNull(Type.Union([Count, Decimal]));

export const LimitSchema = Type.Object({
  id: LimitId,
  scope: Scope,
  customer: orNull(CustomerId),
  ...shownTerms,
  currency: orNull(Type.String({ description: 'Of a `cost`: what its amounts are in. Null for anything else.' })),
  set_by: SetBy,
  counts_from: orNull(Type.String({ format: 'date-time', description: 'When it was last reset.' })),
  suspended_until: orNull(Timestamp),
  created_at: Timestamp,
  updated_at: Timestamp,
  state: Type.Enum(['known', 'rebuilding', 'unknown'], {
    description:
      '`rebuilding`: what was used before is being counted; `unknown`: the counters cannot be reached. The numbers are null then, and the limit follows `on_unavailable`.',
  }),
  used: Figure,
  held: Type.Union([Figure], { description: 'By reservations that nobody has settled yet.' }),
  remaining: Figure,
  projected: Type.Union([Figure], {
    description: 'What the use comes to by the end of the window at its pace so far; null in the first tenth of it.',
  }),
  window_start: orNull(Timestamp),
  resets_at: orNull(
    Type.String({
      format: 'date-time',
      description: 'When the window ends, or the bucket of a minute has drained; null: never, or it is empty.',
    }),
  ),
});

export const LimitDefaultSchema = Type.Object({
  id: LimitDefaultId,
  customer: CustomerId,
  ...shownTerms,
  set_by: SetBy,
  created_at: Timestamp,
});

export function amountJson(metric: LimitMetric, amount: bigint): string | bigint {
  return metric === 'cost' ? decimalOfPico(amount) : amount;
}

/** The changeable terms of a limit as they would be sent. */
export function termsOf(terms: LimitTerms): Required<ChangeableTerms> {
  const { metric, allowanceWhenUnknown } = terms;
  // Amounts that are not money came as JSON numbers, and are small enough to go as such.
  const shown = (amount: bigint): string | number => (metric === 'cost' ? decimalOfPico(amount) : Number(amount));
  return {
    model: terms.modelPattern,
    amount: shown(terms.amount),
    mode: terms.mode,
    thresholds: [...terms.thresholds],
    on_unavailable: allowanceWhenUnknown === null ? 'closed' : { open: shown(allowanceWhenUnknown) },
    refuse_events: terms.refusesEvents,
  };
}

/** For the audit log: what the limit is, without how it stands. */
export function describeLimit(limit: Limit) {
  const { id, scope, customerId, metric, window, setBy, countsFromMs, suspendedUntilMs } = limit;
  return {
    id,
    scope: { [scope.kind]: scope.id },
    customer: customerId,
    metric,
    window,
    ...termsOf(limit),
    set_by: setBy,
    counts_from: countsFromMs === 0 ? null : formatTimestamp(countsFromMs),
    suspended_until: timeOrNull(suspendedUntilMs),
    created_at: formatTimestamp(limit.createdAtMs),
    updated_at: formatTimestamp(limit.updatedAtMs),
  };
}

export function limitJson(of: {
  readonly limit: Limit;
  readonly figures: LimitFigures;
  /** Of whoever the limit is of. */
  readonly currency: string;
}) {
  const { limit, figures, currency } = of;
  const shown = (figure: bigint | null) => (figure === null ? null : amountJson(limit.metric, figure));
  return {
    ...describeLimit(limit),
    currency: limit.metric === 'cost' ? currency : null,
    suspended_until: figures.isSuspended ? timeOrNull(limit.suspendedUntilMs) : null,
    state: figures.state,
    used: shown(figures.used),
    held: shown(figures.held),
    remaining: shown(figures.remaining),
    projected: shown(figures.projected),
    window_start: timeOrNull(figures.windowStartMs),
    resets_at: timeOrNull(figures.resetsAtMs),
  };
}

export function limitDefaultJson(limitDefault: LimitDefault) {
  const { id, customerId, metric, window, setBy, createdAtMs } = limitDefault;
  return {
    id,
    customer: customerId,
    metric,
    window,
    ...termsOf(limitDefault),
    set_by: setBy,
    created_at: formatTimestamp(createdAtMs),
  };
}

function timeOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : formatTimestamp(instantMs);
}
