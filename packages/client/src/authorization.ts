// `POST /v1/authorizations` and its undoing: asks whether a request may be made, and holds its worst case until it is
// settled by an event, released, or has expired.

import { type Http, unexpectedAnswer } from './http.ts';
import { isObject, type JsonObject, objectsOf, textOf } from './json.ts';

export interface AuthorizationRequest {
  /** The id of the API key that the use belongs to. Absent: the key that asks. */
  readonly key?: string;
  /** The customer that the use belongs to, where no key is named. */
  readonly customer?: string;
  readonly provider?: string;
  readonly model: string;
  /** How many tokens go in. Either this or `input`. */
  readonly inputTokens?: number;
  /** What the model is sent: its text is counted. */
  readonly input?: unknown;
  /** What the model may answer at most; to be left out for embeddings alone. */
  readonly maxOutputTokens?: number;
  /** How often the model may search the web; never unless said. */
  readonly maxWebSearches?: number;
  /** The `type` of the event that will come; `llm.chat` unless said. */
  readonly type?: string;
  readonly serviceTier?: string;
  readonly region?: string;
  /** The address of the end client, held against the key's list. */
  readonly ip?: string;
  /** After how long the reservation expires; 600 unless said. */
  readonly ttlSeconds?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Tokens and requests are numbers; money is decimal text in the customer's currency. Null while it is not known. */
export type LimitAmount = number | string | null;

export interface LimitStanding {
  readonly id: string;
  readonly metric: string;
  readonly window: string;
  readonly amount: LimitAmount;
  readonly remaining: LimitAmount;
}

export interface RemainingLimit {
  readonly id: string;
  readonly remaining: LimitAmount;
  /** When all of it is there again; null: never, or nobody knows. */
  readonly resetsAt: Date | null;
}

export interface Permit {
  readonly allowed: true;
  /** To be named by the event that tells what was used. */
  readonly reservation: string;
  readonly expiresAt: Date | null;
  readonly limits: readonly RemainingLimit[];
}

export interface Denial {
  readonly allowed: false;
  /** Such as `quota_exceeded`, `spend_limit_exceeded`, `rate_limited`, `model_not_allowed`, `key_disabled`. */
  readonly code: string;
  readonly detail: string;
  readonly limit: LimitStanding | null;
  /** When the same request may be let through; null: nobody knows, or never. */
  readonly resetsAt: Date | null;
}

export type Decision = Permit | Denial;

export interface Authorizations {
  /** Rejects with a `TollgateError` when no decision came; a refusal is a decision. Not repeated: a lost one would hold twice. */
  authorize(request: AuthorizationRequest, options?: { readonly signal?: AbortSignal }): Promise<Decision>;
  /** Gives back what is held; harmless when nothing is. */
  release(reservation: string): Promise<void>;
}

export function createAuthorizations(options: {
  readonly http: Http;
  readonly url: string;
  readonly timeoutMs: number;
}): Authorizations {
  const { http, timeoutMs } = options;
  const url = `${options.url}/v1/authorizations`;
  return {
    async authorize(request, { signal } = {}) {
      const body = JSON.stringify(bodyOf(request));
      const post = { method: 'POST', url, body, timeoutMs } as const;
      const { status, json, error } = await http(signal === undefined ? post : { ...post, signal });
      if (error !== null) throw error;
      const decision = isObject(json) ? decisionOf(json) : undefined;
      if (decision === undefined) throw unexpectedAnswer(status);
      return decision;
    },
    async release(reservation) {
      const { status, error } = await http({
        method: 'DELETE',
        url: `${url}/${encodeURIComponent(reservation)}`,
        timeoutMs,
      });
      if (error !== null && status !== 404) throw error;
    },
  };
}

function bodyOf(request: AuthorizationRequest): JsonObject {
  const { inputTokens, maxOutputTokens, maxWebSearches, serviceTier, ttlSeconds, ...others } = request;
  return {
    ...others,
    input_tokens: inputTokens,
    max_output_tokens: maxOutputTokens,
    max_web_searches: maxWebSearches,
    service_tier: serviceTier,
    ttl_seconds: ttlSeconds,
  };
}

function decisionOf(json: JsonObject): Decision | undefined {
  if (json['allowed'] === false) {
    const code = textOf(json, 'code');
    if (code === undefined) return undefined;
    const { limit } = json;
    return {
      allowed: false,
      code,
      detail: textOf(json, 'detail') ?? 'Tollgate refused the request.',
      limit: isObject(limit) ? standingOf(limit) : null,
      resetsAt: dateOf(json['resets_at']),
    };
  }
  const reservation = textOf(json, 'reservation');
  if (json['allowed'] !== true || reservation === undefined) return undefined;
  const limits = objectsOf(json, 'limits').map((limit) => ({
    id: textOf(limit, 'id') ?? '',
    remaining: amountOf(limit['remaining']),
    resetsAt: dateOf(limit['resets_at']),
  }));
  return { allowed: true, reservation, expiresAt: dateOf(json['expires_at']), limits };
}

function standingOf(limit: JsonObject): LimitStanding {
  return {
    id: textOf(limit, 'id') ?? '',
    metric: textOf(limit, 'metric') ?? '',
    window: textOf(limit, 'window') ?? '',
    amount: amountOf(limit['amount']),
    remaining: amountOf(limit['remaining']),
  };
}

function amountOf(value: unknown): LimitAmount {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function dateOf(value: unknown): Date | null {
  const date = typeof value === 'string' ? new Date(value) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
