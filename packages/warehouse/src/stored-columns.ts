// What is sent of each row, column by column, in the words of the schema.

import { type Receipt, TOKEN_CLASSES, type UsageRow } from '@tollgate/domain';
import { listOfCosts } from './class-costs.ts';
import {
  type Column,
  flag,
  instant,
  int64,
  int64Lists,
  labels,
  nullableFloat64,
  nullableInt64,
  nullableUint64,
  text,
  textLists,
  uint32,
  uint64,
  uint128,
} from './native-columns.ts';
import { formatProvenance } from './provenance.ts';
import { versionOf } from './version.ts';

export const USAGE_COLUMNS: readonly Column<UsageRow>[] = [
  text('customer_id', (row) => row.customerId),
  text('event_id', (row) => row.eventId),
  uint128('version', (row) => versionOf(row, 0)),
  uint32('log_partition', (row) => row.partition),
  instant('time', (row) => row.timeMs),
  instant('received_at', (row) => row.receivedAtMs),
  uint64('content_hash', (row) => row.contentHash),
  text('project_id', (row) => row.projectId ?? ''),
  text('key_id', (row) => row.keyId ?? ''),
  text('type', (row) => row.type),
  text('provider', (row) => row.provider),
  text('model', (row) => row.model),
  text('service_tier', (row) => row.serviceTier),
  text('status', (row) => row.status),
  flag('is_stream', (row) => row.isStream),
  nullableFloat64('latency_ms', (row) => row.latencyMs),
  ...TOKEN_CLASSES.map((tokenClass) => uint64<UsageRow>(tokenClass, (row) => row.tokens[tokenClass])),
  uint64('requests', (row) => row.requests),
  uint64('web_searches', (row) => row.webSearches),
  text('provenance', (row) => formatProvenance(row.provenance)),
  text('rule', (row) => row.rule),
  nullableUint64('text_input_tokens', (row) => row.textInputTokens),
  nullableUint64('text_output_tokens', (row) => row.textOutputTokens),
  text('region', (row) => row.region),
  text('currency', (row) => row.currency),
  nullableInt64('cost_pico', (row) => row.costPico),
  int64Lists('class_costs', (row) => listOfCosts(row.costByClass)),
  int64('cache_savings_pico', (row) => row.cacheSavingsPico),
  textLists('price_ids', (row) => row.priceIds),
  text('unpriced_reason', (row) => row.unpricedReason),
  textLists('flags', (row) => row.flags),
  text('reservation', (row) => row.reservation),
  labels('metadata', (row) => row.metadata),
  text('reported_usage', (row) => row.reportedUsage),
  text('data', (row) => row.data),
];

/** A receipt with what lists filter by: taken from the usage row of the same record, where there is one. */
export interface StoredReceipt {
  readonly receipt: Receipt;
  readonly keyId: string;
  readonly model: string;
}

export const RECEIPT_COLUMNS: readonly Column<StoredReceipt>[] = [
  text('customer_id', ({ receipt }) => receipt.customerId),
  uint32('log_epoch', ({ receipt }) => receipt.epoch),
  uint32('log_partition', ({ receipt }) => receipt.partition),
  uint64('log_position', ({ receipt }) => receipt.position),
  text('event_id', ({ receipt }) => receipt.eventId),
  instant('time', ({ receipt }) => receipt.timeMs),
  instant('received_at', ({ receipt }) => receipt.receivedAtMs),
  uint64('content_hash', ({ receipt }) => receipt.contentHash),
  text('outcome', ({ receipt }) => receipt.outcome),
  text('reason', ({ receipt }) => receipt.reason),
  flag('is_replay', ({ receipt }) => receipt.isReplay),
  text('reporter_key_id', ({ receipt }) => receipt.reporterKeyId),
  text('key_id', ({ keyId }) => keyId),
  text('model', ({ model }) => model),
];
