// An event as `POST /v1/events` takes it, with the API's own names, so that what its documentation says can be written down.

export type Scalar = string | number | boolean | null;

/** Without an `id`, it gets one when it is queued; without a `time`, that instant. */
export interface UsageEvent {
  /** The same id of the same customer counts once, however often it is sent. */
  readonly id?: string;
  /** When the use happened, RFC 3339 with a zone. */
  readonly time?: string;
  /** The id of the API key the use belongs to. Absent: the key that sends. */
  readonly key?: string;
  /** The customer the use belongs to, where no key is named. */
  readonly customer?: string;
  /** `llm.chat`, `llm.responses`, `llm.completion`, `llm.embedding`, or any other name for meters. */
  readonly type: string;
  readonly provider?: string;
  readonly model?: string;
  /** The request as sent to the model: text to be counted. */
  readonly input?: unknown;
  /** The answer of the model, or `{ chunks }` of its stream: text to be counted. */
  readonly output?: unknown;
  /** The provider's own usage object, as it came. */
  readonly usage?: Record<string, unknown> | null;
  readonly service_tier?: string | null;
  readonly status?: 'completed' | 'aborted' | 'failed';
  readonly stream?: boolean;
  readonly latency_ms?: number;
  /** What `authorize` answered: the event settles it. */
  readonly reservation?: string;
  readonly metadata?: Record<string, Scalar>;
  /** For meters. */
  readonly data?: Record<string, unknown>;
}

/** As it was queued. */
export type QueuedEvent = UsageEvent & { readonly id: string; readonly time: string };
