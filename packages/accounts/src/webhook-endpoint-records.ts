// The rows of the endpoints that webhooks are sent to.

import { WEBHOOK_TYPES, type WebhookType } from '@tollgate/domain';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';
import type { WebhookEndpoint, WebhookRecords } from './webhooks.ts';

export interface WebhookEndpointRow {
  readonly id: string;
  readonly customer_id: string | null;
  readonly url: string;
  readonly types: readonly string[] | null;
  readonly description: string;
  readonly is_enabled: boolean;
  readonly disabled_reason: WebhookEndpoint['disabledReason'];
  readonly sealed: Buffer;
  readonly header_names: readonly string[];
  readonly secret_created_at: Date;
  readonly previous_expires_at: Date | null;
  readonly failing_since: Date | null;
  readonly failures_in_a_row: number;
  readonly created_at: Date;
}

export const ENDPOINT_COLUMNS = `id, customer_id, url, types, description, is_enabled, disabled_reason, sealed, header_names,
  secret_created_at, previous_expires_at, failing_since, failures_in_a_row, created_at`;

const INSERT = `
  INSERT INTO webhook_endpoints (${ENDPOINT_COLUMNS})
  VALUES ($1, $13, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14)`;

const UPDATE = `
  UPDATE webhook_endpoints SET
    url = $2, types = $3, description = $4, is_enabled = $5, disabled_reason = $6, sealed = $7, header_names = $8,
    secret_created_at = $9, previous_expires_at = $10, failing_since = $11, failures_in_a_row = $12
  WHERE id = $1 AND deleted_at IS NULL`;

const DELETE = `
  UPDATE webhook_endpoints
  SET deleted_at = $2, is_enabled = false, sealed = NULL, previous_expires_at = NULL, header_names = '{}'
  WHERE id = $1`;

type WebhookEndpointRecords = Pick<
  WebhookRecords,
  | 'createWebhookEndpoint'
  | 'webhookEndpoint'
  | 'lockWebhookEndpoint'
  | 'updateWebhookEndpoint'
  | 'deleteWebhookEndpoint'
  | 'webhookEndpoints'
  | 'countWebhookEndpoints'
>;

export function webhookEndpointRecords(query: Query): WebhookEndpointRecords {
  const endpointWhere = async (condition: string, id: string): Promise<WebhookEndpoint | null> => {
    const text = `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE deleted_at IS NULL AND ${condition}`;
    const [row] = await query<WebhookEndpointRow>(text, [id]);
    return row === undefined ? null : toEndpoint(row);
  };
  return {
    async createWebhookEndpoint(endpoint) {
      const { customerId, createdAtMs } = endpoint;
      await query(INSERT, [...changeableValues(endpoint), customerId, toTime(createdAtMs)]);
    },
    webhookEndpoint: (id) => endpointWhere('id = $1', id),
    lockWebhookEndpoint: (id) => endpointWhere('id = $1 FOR NO KEY UPDATE', id),
    async updateWebhookEndpoint(endpoint) {
      await query(UPDATE, changeableValues(endpoint));
    },
    async deleteWebhookEndpoint(id, deletedAtMs) {
      await query(DELETE, [id, toTime(deletedAtMs)]);
    },
    async webhookEndpoints({ limit, after, customerId }) {
      const rows = await query<WebhookEndpointRow>(
        `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints
         WHERE deleted_at IS NULL AND id > $1 AND ($2 OR customer_id IS NOT DISTINCT FROM $3)
         ORDER BY id LIMIT $4`,
        [after ?? '', customerId === undefined, customerId ?? null, limit],
      );
      return rows.map(toEndpoint);
    },
    async countWebhookEndpoints(customerId) {
      const [row] = await query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM webhook_endpoints
         WHERE deleted_at IS NULL AND customer_id IS NOT DISTINCT FROM $1`,
        [customerId],
      );
      return row?.count ?? 0;
    },
  };
}

function changeableValues(endpoint: WebhookEndpoint): readonly unknown[] {
  return [
    endpoint.id,
    endpoint.url,
    endpoint.types,
    endpoint.description,
    endpoint.isEnabled,
    endpoint.disabledReason,
    Buffer.from(endpoint.sealed),
    endpoint.headerNames,
    toTime(endpoint.secretCreatedAtMs),
    toTime(endpoint.previousExpiresAtMs),
    toTime(endpoint.health.failingSinceMs),
    endpoint.health.failuresInARow,
  ];
}

export function toEndpoint(row: WebhookEndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    customerId: row.customer_id,
    url: row.url,
    types: row.types === null ? null : row.types.filter(isWebhookType),
    description: row.description,
    isEnabled: row.is_enabled,
    disabledReason: row.disabled_reason,
    sealed: row.sealed,
    headerNames: row.header_names,
    secretCreatedAtMs: row.secret_created_at.getTime(),
    previousExpiresAtMs: fromTime(row.previous_expires_at),
    health: { failingSinceMs: fromTime(row.failing_since), failuresInARow: row.failures_in_a_row },
    createdAtMs: row.created_at.getTime(),
  };
}

/** A type that this version does not know is told to nobody. */
function isWebhookType(text: string): text is WebhookType {
  return (WEBHOOK_TYPES as readonly string[]).includes(text);
}
