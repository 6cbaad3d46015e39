export {
  type AcceptedRecord,
  decodeRecord,
  encodeRecord,
  partitionKeyOf,
} from './accepted-record.ts';
export { adjustPeriod, type PeriodToAdjust } from './adjustment.ts';
export { apportion } from './apportion.ts';
export { billingPeriodAt, cutPeriod, dateSpan, dateTextAt, daysIn, prorate, zoneOfPeriod } from './billing-period.ts';
export {
  CALENDAR_WINDOWS,
  type Calendar,
  type CalendarEra,
  type CalendarWindow,
  type TimeSpan,
  windowAt,
} from './calendar.ts';
export {
  CREDIT_NOTE_FORMAT,
  type CreditNoteFacts,
  canonicalCreditNote,
  canonicalCreditNoteText,
  parseCanonicalCreditNote,
} from './canonical-credit-note.ts';
export { type CanonicalCreditNote, CanonicalCreditNoteSchema } from './canonical-credit-note-schema.ts';
export {
  type CanonicalInvoice,
  type CanonicalParty,
  canonicalInvoice,
  canonicalInvoiceText,
  INVOICE_FORMAT,
  type InvoiceFacts,
} from './canonical-invoice.ts';
export { CanonicalInvoiceSchema, type SchemaOf } from './canonical-invoice-schema.ts';
export { AS_PRICED, type Charge, type Discount, flawOfCharge, SPLIT_FIELDS, type SplitField } from './charge.ts';
export { COST_CLASSES, type CostByClass, type CostClass } from './cost-classes.ts';
export { costOfUsage, type RowCost } from './cost-of-usage.ts';
export type { AppliedCoupon, Coupon } from './coupon.ts';
export { type AppliedCredit, type CreditGrant, inDrawingOrder, isUsable } from './credit.ts';
export {
  appliedEntries,
  balancesOf,
  CREDIT_ENTRY_KINDS,
  type CreditEntry,
  type CreditEntryKind,
  expiredEntries,
  grantedEntry,
  returnedEntries,
} from './credit-ledger.ts';
export {
  type CreditableInvoice,
  type CreditedLine,
  type CreditNoteFigures,
  type CreditNoteResult,
  creditInvoice,
  leftToCredit,
} from './credit-note.ts';
export { CURRENCIES, isCurrency, minorDigitsOf } from './currency.ts';
export { formatDecimal, parseDecimal } from './decimal.ts';
export {
  draftLines,
  type EarlierPeriod,
  type InvoiceToDraft,
  type PeriodInParts,
  type PeriodPart,
} from './draft-invoice.ts';
export { hasDuplicateMembers } from './duplicate-members.ts';
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
export {
  compare,
  divideHalfUp,
  type Exact,
  exact,
  exactText,
  minus,
  parseExact,
  plus,
  roundHalfUp,
  sum,
  times,
  ZERO,
} from './exact.ts';
export { calculateInvoice, type InvoiceFigures, type InvoiceToCalculate, type OpenCreditNote } from './invoice.ts';
export { type InvoiceBasis, parseInvoiceBasis } from './invoice-basis.ts';
export { type BilledLine, type InvoiceLine, LINE_KINDS, type LineKind, type LineUsage } from './invoice-line.ts';
export { canonicalJson, type JsonObject, type JsonValue } from './json.ts';
export {
  type BookedInvoice,
  balanceOf,
  CREDIT_NOTE_SETTLEMENTS,
  type CreditNoteSettlement,
  creditedEntries,
  finalizedEntries,
  LEDGER_ACCOUNTS,
  type LedgerAccount,
  type LedgerEntry,
  paidEntries,
  uncollectibleEntries,
  voidedEntries,
} from './ledger.ts';
export {
  countingStart,
  LIMIT_METRICS,
  LIMIT_SCOPES,
  LIMIT_WINDOWS,
  type LimitDefinition,
  type LimitedUse,
  type LimitMetric,
  type LimitScopeKind,
  type LimitSubject,
  type LimitWindow,
  limitApplies,
  limitedUseOf,
  quantityOf,
} from './limit.ts';
export {
  type LimitNews,
  newsOf,
  projectedUse,
  THRESHOLDS_DEFAULT,
  thresholdsReached,
  type WatchedLimit,
} from './limit-alerts.ts';
export { demandsOf, type LimitRule, type TimedDemand } from './limit-demands.ts';
export { type LimitDemand, LimitLedger, type ReserveOutcome, type SettledEvent } from './limit-ledger.ts';
export { countedWindows, createLimitWindows, type LimitWindows } from './limit-windows.ts';
export { METER_AGGREGATIONS, type Meter, type MeterAggregation, parseMeterPath } from './meter.ts';
export { type MeasuredMeter, meterUse } from './meter-use.ts';
export {
  createModelList,
  flawOfModelPattern,
  MODEL_PATTERN_LENGTH_MAX,
  MODEL_PATTERNS_MAX,
  type ModelList,
  matchesModel,
} from './model-patterns.ts';
export { formatMinor, fromMinor, fromPico, toMinor } from './money.ts';
export { placeOfText, placeTextOf } from './place-text.ts';
export { type Commitment, type Fee, flawOfTerms, NO_PLAN, type PlanTerms, termsFor } from './plan-terms.ts';
export { planTermsJson, readPlanTerms, storedPlanTerms } from './plan-terms-json.ts';
export { type PlanTermsJson, PlanTermsSchema } from './plan-terms-schema.ts';
export {
  type ContextBand,
  isPriceClass,
  isPricedByPiece,
  type Markup,
  type Price,
  type PriceClass,
  SERVICE_TIERS,
  type ServiceTier,
  serviceTierOf,
} from './price.ts';
export {
  createPriceBook,
  type PriceBook,
  type PricedContext,
  type PricedLine,
  type PricedResult,
  type PricedUsage,
  priceUsage,
  totalInputOf,
} from './price-book.ts';
export { priceKeyOf, type Rate } from './price-choice.ts';
export {
  type BucketState,
  chargeRate,
  DEBT_MINUTES_MAX,
  decideRate,
  RATE_MAX,
  type RateDecision,
  type RateLimit,
  type RateRequest,
  type RateStanding,
  rateWaitMs,
} from './rate-limit.ts';
export { flawOfRateModel, type RateModel, type RateStep, type Tier } from './rate-model.ts';
export { type PeriodToRate, type RatedPeriod, ratePeriod } from './rate-period.ts';
export { parseCanonicalInvoice, type ReadInvoice, type ReadLine, readInvoice } from './read-invoice.ts';
export { BURST_QUIET_MS, BURST_REFUSALS_MIN, type Burst, followBursts, type LoudMinute } from './refusal-bursts.ts';
export { customerOfReservation, reservationIdOf } from './reservation-id.ts';
export { holdsScope, SCOPES, type Scope } from './scopes.ts';
export { SIGNING_ALGORITHMS, type SigningAlgorithm } from './signing-algorithms.ts';
export { REVERSE_CHARGE_TEXT, type TaxLine, type TaxRate, type TaxTreatment } from './tax.ts';
export { formatTimestamp, parseTimestamp } from './timestamp.ts';
export {
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  PROVENANCES,
  type Provenance,
  type ProvenanceByClass,
  TOKEN_CLASSES,
  type TokenClass,
  type TokenCounts,
} from './token-classes.ts';
export { UNPRICED_REASONS, type UnpricedReason } from './unpriced-reason.ts';
export {
  findUnusualUse,
  HABIT_AGE_MIN_MS,
  HABIT_REQUESTS_MIN,
  JUMP_BASELINE_MS,
  JUMP_FACTOR,
  JUMP_REQUESTS_MIN,
  type KeyUseFacts,
  NETWORKS_MAX,
  NETWORKS_WITHIN_MS,
  UNUSUAL_USE_RULES,
  type UnusualUse,
  type UnusualUseRule,
} from './unusual-use.ts';
export type { LogPlace, Receipt, UsageRow } from './usage.ts';
export { type DayUse, gatherUse, mergeUse, type QuantityByProvenance, type UseGroup } from './use-group.ts';
export { type WebhookMessageContent, webhookBody } from './webhook-message.ts';
export {
  DISABLING_FAILURES_MIN,
  decideWebhook,
  type EndpointHealth,
  isToBeDisabled,
  parseRetryAfter,
  RETRY_AFTER_MAX_MS,
  WEBHOOK_ERRORS,
  WEBHOOK_PAUSES_MAX_MS,
  type WebhookDecision,
  type WebhookError,
  type WebhookOutcome,
} from './webhook-retries.ts';
export { WEBHOOK_TEST_TYPE, WEBHOOK_TYPES, type WebhookMessageType, type WebhookType } from './webhook-types.ts';
export { type WorstCost, type WorstUse, worstCost } from './worst-case.ts';
