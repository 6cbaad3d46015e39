export type {
  AccountRecords,
  Accounts,
  AccountsWatch,
  AuditEntry,
  AuditHead,
  AuditLogEntry,
  AuditVerdict,
  Customer,
  Fact,
  IdempotentOutcome,
  IdempotentRequest,
  IssuedToken,
  KeyPolicy,
  Organization,
  PageRequest,
  Project,
  PublicSigningKey,
  RefreshFamily,
  SigningKey,
  SigningKeyChanges,
} from './accounts.ts';
export type {
  ApiKey,
  CredentialUse,
  KeyBySecret,
  KeyFilter,
  KeyRotation,
  KeySecret,
  LastUse,
  MovedSecret,
  NewKeySecret,
  PepperUse,
  RateLimits,
  StoredApiKey,
} from './api-key.ts';
export type {
  BillingTermRecords,
  BuyerTerms,
  CustomerCoupon,
  GivenCoupon,
  PartyDetails,
  Plan,
  PlanVersion,
  SellerTerms,
  StoredCoupon,
  StoredGrant,
  StoredPlan,
  StoredTaxRate,
  Subscription,
  TaxTerms,
} from './billing-terms.ts';
export {
  type CreditNote,
  type DuePage,
  EXPORT_STATES,
  type ExportState,
  INVOICE_STATES,
  type Invoice,
  type InvoiceExport,
  type InvoiceFilter,
  type InvoiceRecords,
  type InvoiceSnapshot,
  type InvoiceState,
  type NextNumber,
  type OpenDue,
  type OpenPeriod,
} from './invoices.ts';
export type { Alert, KeyUse } from './key-activity.ts';
export type {
  Limit,
  LimitAlert,
  LimitAlertPlace,
  LimitDefault,
  LimitFilter,
  LimitReckoning,
  LimitRecords,
  LimitSet,
  LimitSetBy,
  LimitTerms,
  UsedUpAlert,
} from './limits.ts';
export type { ServiceProcess } from './operations.ts';
export { createPostgresAccounts, type PostgresAccountsOptions } from './postgres-accounts.ts';
export { createPriceReader, type PriceReader } from './price-reader.ts';
export type { NewMarkup, NewPrice, PriceFilter } from './prices.ts';
export { type LoudMinuteCounts, REFUSAL_FIELDS, type RefusalField, type RefusalSum } from './refusals.ts';
export { type ClosedPeriod, RERATE_STATES, type Rerate, type RerateFilter, type RerateState } from './rerates.ts';
export type { PortalLink, Session } from './sessions.ts';
export {
  type ClaimedDelivery,
  type FinishedAttempt,
  WEBHOOK_DELIVERY_STATES,
  type WebhookAttempt,
  type WebhookBacklog,
  type WebhookDelivery,
  type WebhookDeliveryState,
  type WebhookEndpoint,
  type WebhookMessage,
} from './webhooks.ts';
