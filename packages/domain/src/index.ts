export {
  type AcceptedRecord,
  decodeRecord,
  encodeRecord,
  partitionKeyOf,
} from './accepted-record.ts';
export { COST_CLASSES, type CostByClass, type CostClass } from './cost-classes.ts';
export {
  ERROR_STATUS,
  type ErrorCode,
  type FieldError,
  TollgateError,
  type TollgateErrorOptions,
} from './error-codes.ts';
export {
  BACKFILL_AGE_MAX_MS,
  EVENT_AGE_MAX_MS,
  EVENT_AHEAD_MAX_MS,
  EVENTS_BODY_BYTES_MAX,
  EVENTS_PER_REQUEST_MAX,
  EventSchema,
  isLlmEventType,
  LLM_EVENT_TYPES,
  type LlmEventType,
  MetadataSchema,
  type UsageEvent,
} from './event.ts';
export { canonicalJson, type JsonObject, type JsonValue } from './json.ts';
export { holdsScope, SCOPES, type Scope } from './scopes.ts';
export { formatTimestamp, parseTimestamp } from './timestamp.ts';
export {
  PROVENANCES,
  type Provenance,
  type ProvenanceByClass,
  TOKEN_CLASSES,
  type TokenClass,
  type TokenCounts,
} from './token-classes.ts';
export type { LogPlace, Receipt, UsageRow } from './usage.ts';
export { WEBHOOK_TYPES, type WebhookType } from './webhook-types.ts';
