// `POST /v1/authorizations`: one question that tells a gateway all it needs. In this order: the key, its models, its addresses,
// its rates, then quotas and budgets, which hold the request's worst case. Fetch, decide, write.

import type { Limit } from '@tollgate/accounts';
import type { Authenticator, Caller } from '@tollgate/auth';
import {
  demandsOf,
  type LimitedUse,
  type PriceBook,
  reservationIdOf,
  type WorstCost,
  worstCost,
} from '@tollgate/domain';
import type { Limits, RateVerdict } from '@tollgate/limits';
import type { IdGenerator } from '@tollgate/runtime';
import { type ModelAliases, providerOfModel } from '@tollgate/tokenizer';
import { type Authorization, type Denial, fitsAtMs, type LimitStanding } from './authorization.ts';
import { type LimitBook, ORGANIZATION, type OwnerLimits } from './limit-book.ts';
import type { AuthorizationRequest } from './read-authorization.ts';
import type { OwnedDemands, Reserved, Reserver } from './reserve.ts';
import { denied, namedKeyId, refusalOfSubject, type Subject, subjectOf } from './subject.ts';
import { notCountable, type TextCounting } from './text-counting.ts';

export interface AuthorizeOptions {
  readonly authenticator: Authenticator;
  readonly limits: Limits;
  readonly book: LimitBook;
  readonly texts: TextCounting;
  readonly reserver: Reserver;
  readonly newId: IdGenerator;
  readonly modelAliases: ModelAliases;
  /** Reached just after the worst case is held. */
  readonly failpoint: (name: string) => void;
}

export interface Asking {
  readonly caller: Caller;
  readonly request: AuthorizationRequest;
  /** The body, for its text. */
  readonly bytes: Buffer;
  readonly nowMs: number;
}

/** The limits that a request has to pass. */
interface Applying {
  /** The customer's. */
  readonly currency: string;
  /** The organization's first; without owners of none. */
  readonly owners: readonly { readonly limits: OwnerLimits; readonly rules: readonly Limit[] }[];
}

interface Holding {
  readonly subject: Subject;
  readonly applying: Applying;
  readonly use: LimitedUse;
  readonly cost: WorstCost | null;
  readonly nowMs: number;
}

interface InputCount {
  readonly tokens: bigint;
  /** Those of `tokens` that are of recordings; null: not known. */
  readonly audioTokens: bigint | null;
}

const UNPRICED_DETAIL = 'A budget applies, and the request has no price';
const NOTHING: InputCount = { tokens: 0n, audioTokens: 0n };

/** Fails with `TollgateError` for what is wrong with the question; a refusal is an answer. */
export async function authorize(options: AuthorizeOptions, asking: Asking): Promise<Authorization> {
  const { caller, request, nowMs } = asking;
  const subject = await findSubject(options, asking);
  const isOwnKey = subject.keyId === caller.keyId;
  const refusal = refusalOfSubject(subject, { address: request.address, isOwnKey, nowMs });
  if (refusal !== null) return refusal;
  const applying = await findLimits(options.book, subject);
  // Where nobody asks for tokens none are counted.
  const input = hasRule(applying, ({ metric }) => metric !== 'requests') ? await countInput(options, asking) : NOTHING;
  // The caller's own key was charged when it was let in.
  const overRate = isOwnKey ? null : await refusalOfRate(options.limits, subject, nowMs);
  if (overRate !== null) return overRate;

  const cost = await findCost(options, { asking, subject, applying, input });
  const { maxOutputTokens: outputTokens } = request;
  const costPico = cost?.kind === 'priced' ? cost.costPico : 0n;
  const use = { requests: 1n, inputTokens: input.tokens, outputTokens, costPico };
  return hold(options, { subject, applying, use, cost, nowMs }, request.ttlMs);
}

async function findSubject({ authenticator }: AuthorizeOptions, { caller, request }: Asking): Promise<Subject> {
  const keyId = namedKeyId(caller, request);
  const isCustomerAsked = caller.customerId === null && request.customer !== undefined;
  const key = keyId === undefined ? undefined : await authenticator.namedKey(keyId);
  const customer = isCustomerAsked ? await authenticator.namedCustomer(request.customer) : undefined;
  return subjectOf(caller, request, { key, customer });
}

async function findLimits(book: LimitBook, subject: Subject): Promise<Applying> {
  const [ofAll, ofCustomer] = [book.limitsOf(ORGANIZATION), book.limitsOf(subject.customerId)];
  const [organization, customer] =
    ofAll instanceof Promise || ofCustomer instanceof Promise
      ? await Promise.all([ofAll, ofCustomer])
      : [ofAll, ofCustomer];
  if (customer === null) throw new Error('A customer that has a key is not there.');
  const { currency } = customer;
  const owners = [organization, customer]
    .filter((limits) => limits !== null)
    .map((limits) => ({ limits, rules: limits.applyingTo(subject).filter((rule) => adds(rule, limits, currency)) }))
    .filter(({ rules }) => rules.length > 0);
  return { currency, owners };
}

/** Money of another currency cannot be added up. */
function adds({ metric }: Limit, limits: OwnerLimits, currency: string): boolean {
  return metric !== 'cost' || limits.currency === currency;
}

function hasRule({ owners }: Applying, isWanted: (rule: Limit) => boolean): boolean {
  return owners.some(({ rules }) => rules.some(isWanted));
}

async function countInput({ texts }: AuthorizeOptions, { request, bytes }: Asking): Promise<InputCount> {
  if (request.inputTokens !== undefined) return { tokens: request.inputTokens, audioTokens: null };
  const counted = await texts.count(bytes);
  if (counted.kind === 'not_countable') throw notCountable();
  return { tokens: BigInt(counted.tokens), audioTokens: BigInt(counted.audioTokens) };
}

async function refusalOfRate(limits: Limits, { key }: Subject, nowMs: number): Promise<Denial | null> {
  if (key === null) return null;
  const { id: keyId, customerId, rateLimits } = key.key;
  const { requestsPerMinute, tokensPerMinute } = rateLimits;
  if (requestsPerMinute === null && tokensPerMinute === null) return null;
  const verdict: RateVerdict = await limits.admit({ keyId, customerId, requestsPerMinute, tokensPerMinute });
  if (verdict.isAllowed) return null;
  const waitMs = Math.max(...verdict.standings.map(({ retryAfterMs }) => retryAfterMs));
  return { ...denied('rate_limited', 'The API key is over its rate. Wait until then.'), resetsAtMs: nowMs + waitMs };
}

/** Null where no budget asks for it. */
async function findCost(
  { book, modelAliases }: AuthorizeOptions,
  of: {
    readonly asking: Asking;
    readonly subject: Subject;
    readonly applying: Applying;
    readonly input: InputCount;
  },
): Promise<WorstCost | null> {
  const { asking, subject, applying, input } = of;
  if (!hasRule(applying, ({ metric }) => metric === 'cost')) return null;
  const prices: PriceBook | Promise<PriceBook> = book.prices();
  const { request, nowMs } = asking;
  return worstCost(prices instanceof Promise ? await prices : prices, {
    customerId: subject.customerId,
    currency: applying.currency,
    // As an event of the same request is read.
    provider: request.provider ?? providerOfModel(request.model, modelAliases) ?? 'unknown',
    model: request.model,
    serviceTier: request.serviceTier,
    region: request.region,
    timeMs: nowMs,
    receivedAtMs: nowMs,
    inputTokens: input.tokens,
    inputAudioTokens: input.audioTokens,
    outputTokens: request.maxOutputTokens,
    webSearches: request.maxWebSearches,
  });
}

async function hold(
  { reserver, newId, failpoint }: AuthorizeOptions,
  holding: Holding,
  ttlMs: number,
): Promise<Authorization> {
  const { subject, nowMs, cost } = holding;
  const owned = demandsFor(holding);
  if (cost?.kind === 'unpriced') {
    const refusing = owned
      .flatMap(({ timed }) => timed)
      .find(({ rule, demand }) => rule.metric === 'cost' && demand.mode === 'block');
    if (refusing !== undefined) {
      const detail = `${UNPRICED_DETAIL} (${cost.reason}: ${cost.missing.join(', ')}). Write one down, be it zero.`;
      return { ...denied('unpriced', detail), standing: { timed: refusing, remaining: null } };
    }
  }
  const reservationId = reservationIdOf(newId('res'), subject.customerId);
  const permit = { kind: 'allowed', reservationId, expiresAtMs: nowMs + ttlMs } as const;
  if (owned.length === 0) return { ...permit, standings: [] };
  const reserved = await reserver.reserve({ reservationId, ttlMs, nowMs, owned });
  failpoint('ingest.after_reserve');
  return reserved.allowed ? { ...permit, standings: reserved.standings } : toDenial(reserved, nowMs);
}

function demandsFor({ subject, applying, use, nowMs }: Holding): readonly OwnedDemands[] {
  return applying.owners.map(({ limits: { owner, windows }, rules }) => ({
    owner,
    timed: demandsOf({ rules, windows, subject, use, nowMs }),
  }));
}

function toDenial({ reason, standing }: Extract<Reserved, { allowed: false }>, nowMs: number): Denial {
  if (reason === 'unknown') {
    const detail = 'What was used of this limit is not known at this moment. Try again in a moment.';
    return { ...denied('limits_unavailable', detail), standing };
  }
  const { rule } = standing.timed;
  const code = rule.metric === 'cost' ? 'spend_limit_exceeded' : 'quota_exceeded';
  return { ...denied(code, exhaustedDetail(standing)), standing, resetsAtMs: fitsAtMs(standing, nowMs) };
}

function exhaustedDetail({ timed: { rule, demand } }: LimitStanding): string {
  const what = `the limit of ${rule.metric} for each ${rule.window.replace('_', ' ')}`;
  return demand.quantity > demand.amount
    ? `The request may take more than the whole of ${what}. Ask for less, or have the limit raised.`
    : `The request may take more than is left of ${what}. Wait until then, ask for less, or have the limit raised.`;
}
