// The rows of messages, deliveries and attempts, as those see them who ask how webhooks went.

import type { WebhookError, WebhookMessageType } from '@tollgate/domain';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';
import type { WebhookDelivery, WebhookDeliveryQuestion, WebhookDeliveryState, WebhookRecords } from './webhooks.ts';

interface DeliveryRow {
  readonly id: string;
  readonly message_id: string;
  readonly endpoint_id: string;
  readonly type: WebhookMessageType;
  readonly customer_id: string | null;
  readonly endpoint_order: string;
  readonly state: WebhookDeliveryState;
  readonly next_at: Date | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
}

interface AttemptRow {
  readonly delivery_id: string;
  readonly at: Date;
  readonly duration_ms: number;
  readonly status: number | null;
  readonly error: WebhookError | null;
  readonly next_at: Date | null;
}

interface MessageRow {
  readonly id: string;
  readonly type: WebhookMessageType;
  readonly customer_id: string | null;
  readonly body: string;
  readonly created_at: Date;
}

const COLUMNS = `d.id, d.message_id, d.endpoint_id, m.type, e.customer_id, d.endpoint_order, d.state, d.next_at,
  d.created_at, d.delivered_at`;

const MATCHES = `
  ($1::text IS NULL OR d.state = $1) AND ($2::text IS NULL OR m.type = $2)
  AND ($3::timestamptz IS NULL OR d.created_at >= $3) AND ($4::timestamptz IS NULL OR d.created_at < $4)
  AND ($5::text IS NULL OR d.id < $5)`;

const ALL = `
  SELECT ${COLUMNS} FROM webhook_deliveries d
  JOIN webhook_messages m ON m.id = d.message_id JOIN webhook_endpoints e ON e.id = d.endpoint_id
  WHERE ${MATCHES} ORDER BY d.id DESC LIMIT $6`;

// Endpoint by endpoint, so that the deliveries of others are not looked at.
const OF_ENDPOINTS = `
  SELECT d.* FROM webhook_endpoints e CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM webhook_deliveries d JOIN webhook_messages m ON m.id = d.message_id
    WHERE d.endpoint_id = e.id AND ${MATCHES} ORDER BY d.id DESC LIMIT $6
  ) d
  WHERE ($7::text IS NULL OR e.customer_id = $7) AND ($8::text IS NULL OR e.id = $8)
  ORDER BY d.id DESC LIMIT $6`;

const ONE = `
  SELECT ${COLUMNS} FROM webhook_deliveries d
  JOIN webhook_messages m ON m.id = d.message_id JOIN webhook_endpoints e ON e.id = d.endpoint_id
  WHERE d.id = $1`;

const ATTEMPTS = `
  SELECT a.* FROM unnest($1::text[]) AS n (id) CROSS JOIN LATERAL (
    SELECT id, delivery_id, at, duration_ms, status, error, next_at FROM webhook_attempts
    WHERE delivery_id = n.id ORDER BY id DESC LIMIT $2
  ) a ORDER BY a.delivery_id, a.id`;

const REPLAYABLE = `
  SELECT m.id AS message_id, d.id AS delivery_id FROM webhook_messages m
  LEFT JOIN webhook_deliveries d ON d.message_id = m.id AND d.endpoint_id = $1
  WHERE m.created_at >= $2 AND m.created_at < $3 AND m.type <> 'webhook.test'
    AND ($4::text[] IS NULL OR m.type = ANY ($4)) AND ($5::text IS NULL OR m.customer_id = $5)
    AND (NOT $6 OR d.id IS NULL OR d.state = 'failed' OR (d.state = 'pending' AND d.failures > 0))
    AND ($7 = '' OR (m.created_at, m.id) > (SELECT created_at, id FROM webhook_messages WHERE id = $7))
  ORDER BY m.created_at, m.id LIMIT $8`;

const REQUEUE = `
  UPDATE webhook_deliveries
  SET state = 'pending', failures = 0, next_at = $2, lease_id = NULL, delivered_at = NULL WHERE id = ANY ($1)`;

type WebhookDeliveryRecords = Pick<
  WebhookRecords,
  | 'webhookDeliveries'
  | 'webhookDelivery'
  | 'webhookAttempts'
  | 'webhookMessage'
  | 'messagesToReplay'
  | 'requeueWebhooks'
>;

export function webhookDeliveryRecords(query: Query): WebhookDeliveryRecords {
  return {
    async webhookDeliveries(question) {
      const { customerId, endpointId } = question;
      const values = questionValues(question);
      const rows =
        customerId === undefined && endpointId === undefined
          ? await query<DeliveryRow>(ALL, values)
          : await query<DeliveryRow>(OF_ENDPOINTS, [...values, customerId ?? null, endpointId ?? null]);
      return rows.map(toDelivery);
    },
    async webhookDelivery(id) {
      const [row] = await query<DeliveryRow>(ONE, [id]);
      return row === undefined ? null : toDelivery(row);
    },
    async webhookAttempts(deliveryIds, limit) {
      const rows = await query<AttemptRow>(ATTEMPTS, [deliveryIds, limit]);
      return rows.map(({ delivery_id: deliveryId, at, duration_ms: durationMs, status, error, next_at: nextAt }) => {
        return { deliveryId, atMs: at.getTime(), durationMs, status, error, nextAtMs: fromTime(nextAt) };
      });
    },
    async webhookMessage(id) {
      const [row] = await query<MessageRow>(
        'SELECT id, type, customer_id, body, created_at FROM webhook_messages WHERE id = $1',
        [id],
      );
      if (row === undefined) return null;
      const { type, customer_id: customerId, body, created_at: createdAt } = row;
      return { id, type, customerId, body, createdAtMs: createdAt.getTime() };
    },
    async messagesToReplay({ endpoint, startMs, endMs, isUndeliveredOnly, limit, after }) {
      const { id, types, customerId } = endpoint;
      const rows = await query<{ readonly message_id: string; readonly delivery_id: string | null }>(REPLAYABLE, [
        ...[id, toTime(startMs), toTime(endMs), types, customerId, isUndeliveredOnly, after, limit],
      ]);
      return rows.map(({ message_id: messageId, delivery_id: deliveryId }) => ({ messageId, deliveryId }));
    },
    async requeueWebhooks(deliveryIds, nowMs) {
      await query(REQUEUE, [deliveryIds, toTime(nowMs)]);
    },
  };
}

function questionValues({ state, type, startMs, endMs, after, limit }: WebhookDeliveryQuestion): readonly unknown[] {
  return [state ?? null, type ?? null, toTime(startMs ?? null), toTime(endMs ?? null), after ?? null, limit];
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    messageId: row.message_id,
    endpointId: row.endpoint_id,
    type: row.type,
    customerId: row.customer_id,
    order: BigInt(row.endpoint_order),
    state: row.state,
    nextAtMs: fromTime(row.next_at),
    createdAtMs: row.created_at.getTime(),
    deliveredAtMs: fromTime(row.delivered_at),
  };
}
