// Rows as ClickHouse answers them, back into the words of the domain. Integers of 64 bits and more come as text.

import { type Receipt, TOKEN_CLASSES, type TokenClass, type UsageRow } from '@tollgate/domain';
import { costsOfList } from './class-costs.ts';
import { parseProvenance } from './provenance.ts';
import { placeOf } from './version.ts';

export interface ReceiptAnswer {
  readonly customer_id: string;
  readonly event_id: string;
  readonly id_hash_text: string;
  readonly log_epoch: number;
  readonly log_partition: number;
  readonly log_position: string;
  readonly time_ms: string;
  readonly received_ms: string;
  readonly content_hash: string;
  readonly outcome_name: Receipt['outcome'];
  readonly reason: string;
  readonly is_replay: number;
  readonly reporter_key_id: string;
}

export function receiptOf(answer: ReceiptAnswer): Receipt {
  return {
    customerId: answer.customer_id,
    eventId: answer.event_id,
    epoch: answer.log_epoch,
    partition: answer.log_partition,
    position: BigInt(answer.log_position),
    timeMs: Number(answer.time_ms),
    receivedAtMs: Number(answer.received_ms),
    contentHash: BigInt(answer.content_hash),
    outcome: answer.outcome_name,
    reason: answer.reason,
    isReplay: answer.is_replay === 1,
    reporterKeyId: answer.reporter_key_id,
  };
}

export type UsageAnswer = Readonly<Record<TokenClass, string>> & {
  readonly customer_id: string;
  readonly event_id: string;
  readonly version_text: string;
  readonly log_partition: number;
  readonly time_ms: string;
  readonly received_ms: string;
  readonly content_hash: string;
  readonly project_id: string;
  readonly key_id: string;
  readonly type: string;
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly status: string;
  readonly is_stream: number;
  readonly latency_ms: number | null;
  readonly requests: string;
  readonly web_searches: string;
  readonly provenance: string;
  readonly rule: string;
  readonly text_input_tokens: string | null;
  readonly text_output_tokens: string | null;
  readonly region: string;
  readonly currency: string;
  readonly cost_pico: string | null;
  readonly class_costs: readonly string[];
  readonly cache_savings_pico: string;
  readonly price_ids: readonly string[];
  readonly unpriced_reason: string;
  readonly flags: readonly string[];
  readonly reservation: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reported_usage: string;
  readonly data: string;
};

export function usageRowOf(answer: UsageAnswer): UsageRow {
  return {
    ...placeOf(BigInt(answer.version_text)),
    partition: answer.log_partition,
    customerId: answer.customer_id,
    projectId: answer.project_id === '' ? null : answer.project_id,
    keyId: answer.key_id === '' ? null : answer.key_id,
    eventId: answer.event_id,
    timeMs: Number(answer.time_ms),
    receivedAtMs: Number(answer.received_ms),
    contentHash: BigInt(answer.content_hash),
    type: answer.type,
    provider: answer.provider,
    model: answer.model,
    serviceTier: answer.service_tier,
    status: answer.status,
    isStream: answer.is_stream === 1,
    latencyMs: answer.latency_ms,
    tokens: tokensOf(answer),
    provenance: parseProvenance(answer.provenance),
    requests: BigInt(answer.requests),
    webSearches: BigInt(answer.web_searches),
    rule: answer.rule,
    textInputTokens: bigintOrNull(answer.text_input_tokens),
    textOutputTokens: bigintOrNull(answer.text_output_tokens),
    region: answer.region,
    currency: answer.currency,
    costPico: bigintOrNull(answer.cost_pico),
    costByClass: costsOfList(answer.class_costs),
    cacheSavingsPico: BigInt(answer.cache_savings_pico),
    priceIds: answer.price_ids,
    unpricedReason: answer.unpriced_reason,
    flags: answer.flags,
    reservation: answer.reservation,
    metadata: answer.metadata,
    reportedUsage: answer.reported_usage,
    data: answer.data,
  };
}

/** A class that was sent as 0 and one that was not sent are the same. */
export function tokensOf(answer: Readonly<Record<TokenClass, string>>): Partial<Record<TokenClass, bigint>> {
  const tokens: Partial<Record<TokenClass, bigint>> = {};
  for (const tokenClass of TOKEN_CLASSES) {
    const value = BigInt(answer[tokenClass]);
    if (value > 0n) tokens[tokenClass] = value;
  }
  return tokens;
}

function bigintOrNull(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
