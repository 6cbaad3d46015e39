// The body of `POST /v1/authorizations`, checked and read: what a request asks to be let through with.

import { isIP } from 'node:net';
import {
  type FieldError,
  isLlmEventType,
  LLM_EVENT_TYPES,
  type LlmEventType,
  serviceTierOf,
  TollgateError,
} from '@tollgate/domain';
import { isCustomerId, isKeyId, isName, isRecord, metadataErrors } from '../check-event.ts';
import { escapePointer } from '../json-flaws.ts';
import { singleOf } from '../read-elements.ts';

export interface AuthorizationRequest {
  /** Whose request it is, as the sender says. */
  readonly key: string | undefined;
  readonly customer: string | undefined;
  /** Undefined: not named. */
  readonly provider: string | undefined;
  readonly model: string;
  readonly type: LlmEventType;
  /** Undefined: the text of `input` is to be counted. */
  readonly inputTokens: bigint | undefined;
  readonly maxOutputTokens: bigint;
  readonly maxWebSearches: bigint;
  readonly serviceTier: string;
  readonly region: string;
  /** Of the end client; null: not told. */
  readonly address: string | null;
  readonly ttlMs: number;
}

const TOKENS_MAX = 1_000_000_000;
const WEB_SEARCHES_MAX = 1_000;
const TTL_SECONDS_DEFAULT = 600;
const TTL_SECONDS_MIN = 5;
const TTL_SECONDS_MAX = 3_600;
const ERRORS_MAX = 10;

type Members = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

const isTokens = wholeNumber(0, TOKENS_MAX);

const MEMBERS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['key', textLike(isKeyId, 'Must be the id of an API key (`key_…`).')],
  ['customer', textLike(isCustomerId, 'Must be the id of a customer (`cus_…`).')],
  ['provider', isName],
  ['model', isName],
  ['input_tokens', isTokens],
  ['input', (value) => (value === null ? 'Must be what the model is sent: text, messages or a request.' : undefined)],
  ['max_output_tokens', isTokens],
  ['max_web_searches', wholeNumber(0, WEB_SEARCHES_MAX)],
  ['type', textLike(isLlmEventType, `Must be one of ${LLM_EVENT_TYPES.join(', ')}.`)],
  ['service_tier', isName],
  ['region', isName],
  ['ip', textLike((text) => isIP(text) !== 0, "Must be the end client's IP address.")],
  ['ttl_seconds', wholeNumber(TTL_SECONDS_MIN, TTL_SECONDS_MAX)],
  ['metadata', (value) => (isRecord(value) ? undefined : 'Must be an object.')],
]);

/** Throws `malformed_json`, or `validation_failed` with what is wrong. */
export function readAuthorization(bytes: Buffer): AuthorizationRequest {
  const body = singleOf(bytes);
  if (!isRecord(body)) throw invalid([{ pointer: '', detail: 'The body must be an object.' }]);
  const errors = [
    ...memberErrors(body),
    ...(isRecord(body['metadata']) ? metadataErrors(body['metadata'], '/metadata') : []),
  ];
  if (errors.length === 0) errors.push(...missingErrors(body));
  if (errors.length > 0) throw invalid(errors.slice(0, ERRORS_MAX));

  const type = textOf(body, 'type') ?? 'llm.chat';
  const tier = textOf(body, 'service_tier') ?? '';
  const tokens = numberOf(body, 'input_tokens');
  return {
    key: textOf(body, 'key'),
    customer: textOf(body, 'customer'),
    provider: textOf(body, 'provider'),
    model: textOf(body, 'model') ?? '',
    type: isLlmEventType(type) ? type : 'llm.chat',
    inputTokens: tokens === undefined ? undefined : BigInt(tokens),
    maxOutputTokens: BigInt(numberOf(body, 'max_output_tokens') ?? 0),
    maxWebSearches: BigInt(numberOf(body, 'max_web_searches') ?? 0),
    serviceTier: serviceTierOf(tier) ?? tier,
    region: textOf(body, 'region') ?? '',
    address: textOf(body, 'ip') ?? null,
    ttlMs: (numberOf(body, 'ttl_seconds') ?? TTL_SECONDS_DEFAULT) * 1_000,
  };
}

function memberErrors(body: Members): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const name in body) {
    const check = MEMBERS.get(name);
    const detail = check === undefined ? 'An authorization has no such member.' : check(body[name]);
    if (detail !== undefined) errors.push({ pointer: `/${escapePointer(name)}`, detail });
    if (errors.length === ERRORS_MAX) break;
  }
  return errors;
}

function missingErrors(body: Members): readonly FieldError[] {
  const errors: FieldError[] = [];
  const need = (pointer: string, detail: string): void => void errors.push({ pointer, detail });
  if (body['model'] === undefined) need('/model', 'This member is required.');
  const hasTokens = body['input_tokens'] !== undefined;
  if (hasTokens === (body['input'] !== undefined)) {
    need('/input_tokens', 'Send either `input_tokens`, or `input` with the text to count.');
  }
  // An embedding has no output.
  if (body['max_output_tokens'] === undefined && body['type'] !== 'llm.embedding') {
    need('/max_output_tokens', 'This member is required: what the model may answer at most.');
  }
  return errors;
}

function wholeNumber(min: number, max: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `Must be a whole number from ${min} to ${max}.`;
}

function textLike(isRight: (text: string) => boolean, detail: string): Check {
  return (value) => (typeof value === 'string' && isRight(value) ? undefined : detail);
}

function textOf(body: Members, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

function numberOf(body: Members, name: string): number | undefined {
  const value = body[name];
  return typeof value === 'number' ? value : undefined;
}

export function invalid(errors: readonly FieldError[]): TollgateError {
  const detail = errors.map(({ pointer, detail: text }) => (pointer === '' ? text : `${pointer}: ${text}`)).join(' ');
  return new TollgateError({ code: 'validation_failed', detail, errors });
}
