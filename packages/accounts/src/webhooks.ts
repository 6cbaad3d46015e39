// The words of the port about webhooks: who is told, what, and how each delivery went.

import type { EndpointHealth, WebhookError, WebhookMessageType, WebhookType } from '@tollgate/domain';

export interface WebhookEndpoint {
  readonly id: string;
  /** Whose facts it is told; null: the operator's, and it is told all. */
  readonly customerId: string | null;
  readonly url: string;
  /** Null: every type. */
  readonly types: readonly WebhookType[] | null;
  readonly description: string;
  readonly isEnabled: boolean;
  /** Why it is disabled, where nobody chose to: the receiver said that it is gone, or it took nothing for days. */
  readonly disabledReason: 'gone' | 'failing' | null;
  /** Its secrets and headers, encrypted. */
  readonly sealed: Uint8Array;
  readonly headerNames: readonly string[];
  readonly secretCreatedAtMs: number;
  /** Until when the secret before the current one signs too. */
  readonly previousExpiresAtMs: number | null;
  readonly health: EndpointHealth;
  readonly createdAtMs: number;
}

export interface WebhookMessage {
  readonly id: string;
  readonly type: WebhookMessageType;
  readonly customerId: string | null;
  readonly body: string;
  readonly createdAtMs: number;
}

export const WEBHOOK_DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];

interface NewWebhookDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly endpointId: string;
}

export interface WebhookDelivery extends NewWebhookDelivery {
  readonly type: WebhookMessageType;
  /** The endpoint's customer. */
  readonly customerId: string | null;
  /** The number of this delivery among those of its endpoint. */
  readonly order: bigint;
  readonly state: WebhookDeliveryState;
  readonly nextAtMs: number | null;
  readonly createdAtMs: number;
  readonly deliveredAtMs: number | null;
}

export interface WebhookAttempt {
  readonly deliveryId: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: WebhookError | null;
  /** When it is tried again; null: not by itself. */
  readonly nextAtMs: number | null;
}

/** What is left out filters nothing. The newest first. */
export interface WebhookDeliveryQuestion {
  readonly customerId?: string;
  readonly endpointId?: string;
  readonly state?: WebhookDeliveryState;
  readonly type?: WebhookMessageType;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly limit: number;
  readonly after?: string;
}

/** A fact as it lay in the outbox. */
interface OutboxFact {
  readonly type: WebhookType;
  readonly customerId: string | null;
  /** JSON. */
  readonly dataText: string;
  readonly atMs: number;
}

/** Messages that one endpoint may be told, by id. */
interface WebhookReplayQuestion {
  readonly endpoint: Pick<WebhookEndpoint, 'id' | 'customerId' | 'types'>;
  readonly startMs: number;
  readonly endMs: number;
  /** Or also those that it took. */
  readonly isUndeliveredOnly: boolean;
  readonly limit: number;
  readonly after: string;
}

interface ReplayableMessage {
  readonly messageId: string;
  /** Null: the endpoint was never told of it. */
  readonly deliveryId: string | null;
}

/** A delivery that this process is to make now. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly leaseId: string;
  readonly messageId: string;
  readonly body: string;
  readonly order: bigint;
  readonly failures: number;
  /** When it became due. */
  readonly dueAtMs: number;
  readonly endpoint: Pick<WebhookEndpoint, 'id' | 'url' | 'sealed' | 'previousExpiresAtMs'>;
}

interface WebhookClaim {
  readonly leaseId: string;
  readonly nowMs: number;
  /** When what was claimed is due again should this process not say how it went. */
  readonly leaseEndsAtMs: number;
  readonly limit: number;
  /** For each endpoint. */
  readonly endpointLimit: number;
  /** Endpoints that get less, or nothing. */
  readonly exceptions: ReadonlyMap<string, number>;
}

/** An attempt, and what becomes of its delivery. */
export interface FinishedAttempt extends WebhookAttempt {
  readonly leaseId: string;
  readonly endpointId: string;
  readonly state: WebhookDeliveryState;
}

export interface WebhookBacklog {
  /** Facts that no message was made of yet. */
  readonly facts: number;
  /** Deliveries that are due, and nobody is making. */
  readonly due: number;
  /** Since when the one has been due that waits longest. */
  readonly oldestDueAtMs: number | null;
}

export interface WebhookRecords {
  createWebhookEndpoint(endpoint: WebhookEndpoint): Promise<void>;
  /** Null also for one that was deleted. */
  webhookEndpoint(id: string): Promise<WebhookEndpoint | null>;
  /** As `webhookEndpoint`; nobody else changes it, or queues anything for it, before the transaction ends. */
  lockWebhookEndpoint(id: string): Promise<WebhookEndpoint | null>;
  /** Writes everything but the customer and the time of its making. */
  updateWebhookEndpoint(endpoint: WebhookEndpoint): Promise<void>;
  /** Its secrets go, and what is pending for it is made no more; its row stays. */
  deleteWebhookEndpoint(id: string, deletedAtMs: number): Promise<void>;
  /** `customerId` null: the operator's own; left out: all. */
  webhookEndpoints(page: {
    readonly limit: number;
    readonly after?: string;
    readonly customerId?: string | null;
  }): Promise<readonly WebhookEndpoint[]>;
  countWebhookEndpoints(customerId: string | null): Promise<number>;

  webhookDeliveries(question: WebhookDeliveryQuestion): Promise<readonly WebhookDelivery[]>;
  webhookDelivery(id: string): Promise<WebhookDelivery | null>;
  /** Of each delivery the oldest first, and the newest `limit` of them. */
  webhookAttempts(deliveryIds: readonly string[], limit: number): Promise<readonly WebhookAttempt[]>;
  webhookMessage(id: string): Promise<WebhookMessage | null>;
  messagesToReplay(question: WebhookReplayQuestion): Promise<readonly ReplayableMessage[]>;
  /** They are due now, at the beginning of the schedule. Their endpoint must be locked. */
  requeueWebhooks(deliveryIds: readonly string[], nowMs: number): Promise<void>;

  /** Takes the oldest facts that nobody else is taking out of the outbox. */
  takeFacts(limit: number): Promise<readonly OutboxFact[]>;
  /** The enabled endpoints of the operator and of these customers, locked. */
  lockListeners(customerIds: readonly string[]): Promise<readonly WebhookEndpoint[]>;
  createWebhookMessages(messages: readonly WebhookMessage[]): Promise<void>;
  /** In their order, due now. Their endpoints must be locked. */
  queueWebhooks(deliveries: readonly NewWebhookDelivery[], nowMs: number): Promise<void>;

  /** Due deliveries of enabled endpoints: one of each endpoint before a second of any. */
  claimWebhooks(claim: WebhookClaim): Promise<readonly ClaimedDelivery[]>;
  /**
   * Keeps how attempts went, and moves on the deliveries that are still theirs. To be called in a transaction. Gives the
   * endpoints that took nothing of it, still locked.
   */
  noteAttempts(attempts: readonly FinishedAttempt[]): Promise<readonly WebhookEndpoint[]>;
  webhookBacklog(nowMs: number): Promise<WebhookBacklog>;
  /** Removes messages made before this instant, with their deliveries and attempts. The number of messages. */
  removeWebhooks(beforeMs: number, limit: number): Promise<number>;
}
