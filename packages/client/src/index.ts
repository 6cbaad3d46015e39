// What the package gives out.

export {
  type AnswerUsage,
  fromAnswer,
  fromAnthropicMessage,
  fromGeminiResponse,
  fromOpenAiChat,
  fromOpenAiEmbedding,
  fromOpenAiResponse,
} from './answer-usage.ts';
export type {
  AuthorizationRequest,
  Decision,
  Denial,
  LimitAmount,
  LimitStanding,
  Permit,
  RemainingLimit,
} from './authorization.ts';
export { createTollgate, type Tollgate, type WaitOptions } from './create-tollgate.ts';
export type { QueuedEvent, Scalar, UsageEvent } from './event.ts';
export type { Admission, GuardRequest } from './guard.ts';
export type { Fetch, TokenSource } from './http.ts';
export type { TollgateOptions } from './options.ts';
export { LimitExceeded, Refused } from './refusal.ts';
export type { Delivery, Rejection, Report, Retry, UndeliveredReason } from './reporter/delivery.ts';
export type { ReportListeners } from './reporter/report-listeners.ts';
export type { ReporterLimits } from './reporter/reporter.ts';
export { type ClientErrorCode, type FieldError, TollgateError } from './tollgate-error.ts';
export {
  InvalidWebhook,
  type InvalidWebhookCode,
  type VerifyOptions,
  verifyWebhook,
  type Webhook,
} from './verify-webhook.ts';
