// What is written for the records of a batch: a receipt for each, a usage row for each that counts and is no known copy, a
// letter for each that cannot be counted.

import { type AcceptedRecord, partitionKeyOf, type Receipt, type UsageRow } from '@tollgate/domain';
import type { DeadLetter } from '@tollgate/event-log';
import type { CountedEvent } from './assess-event.ts';
import { type AssessedRecord, rawContentHash } from './assess-records.ts';
import type { DeadLetterCode } from './dead-letter-code.ts';
import type { CostOf } from './pricer.ts';

/** One record's part of the batch. */
export interface RecordRows {
  readonly receipt: Receipt;
  readonly usage: UsageRow | null;
  readonly letter: DeadLetter | null;
  /** The record's own bytes: the letter of one that turns out not to be storable. */
  readonly value: Uint8Array;
}

interface RowContext {
  readonly epoch: number;
  readonly nowMs: number;
  readonly costOf: CostOf;
}

export function rowsOf(assessed: AssessedRecord, context: RowContext): RecordRows {
  const { value } = assessed.delivered;
  switch (assessed.kind) {
    case 'foreign':
      return {
        ...deadRows(foreignReceipt(assessed, context), value, {
          code: 'malformed_record',
          detail: 'The bytes in the log are no record of an event.',
          nowMs: context.nowMs,
        }),
      };
    case 'void': {
      const receipt = receiptOf(assessed, context, {
        outcome: 'void',
        reason: assessed.reason,
        contentHash: rawContentHash(assessed),
      });
      return { receipt, usage: null, letter: null, value };
    }
    case 'event':
      return eventRows(assessed, context);
  }
}

function eventRows(assessed: AssessedRecord & { readonly kind: 'event' }, context: RowContext): RecordRows {
  const { assessment } = assessed;
  const { value } = assessed.delivered;
  const { contentHash } = assessment;
  if (assessment.kind === 'dead') {
    const { code, detail } = assessment;
    const receipt = receiptOf(assessed, context, { outcome: 'dead_lettered', reason: code, contentHash });
    return deadRows(receipt, value, { code, detail, nowMs: context.nowMs });
  }
  const receipt = receiptOf(assessed, context, { outcome: 'countable', reason: '', contentHash });
  const usage = usageRowOf(receipt, assessed, { event: assessment.event, costOf: context.costOf });
  return { receipt, usage, letter: null, value };
}

function usageRowOf(
  receipt: Receipt,
  { record: { projectId, keyId } }: { readonly record: AcceptedRecord },
  { event, costOf }: { readonly event: CountedEvent; readonly costOf: CostOf },
): UsageRow {
  const { customerId, timeMs, receivedAtMs } = receipt;
  const { provider, model, serviceTier, region, requests } = event;
  const { tokens, webSearches } = event.count;
  const cost = costOf({
    customerId,
    provider,
    model,
    serviceTier,
    region,
    timeMs,
    receivedAtMs,
    tokens,
    requests,
    webSearches,
  });
  // One literal and no spread: the row has so many members that a spread costs more than all of the pricing.
  return {
    epoch: receipt.epoch,
    partition: receipt.partition,
    position: receipt.position,
    customerId,
    projectId,
    keyId,
    eventId: receipt.eventId,
    timeMs,
    receivedAtMs,
    contentHash: receipt.contentHash,
    type: event.type,
    provider,
    model,
    serviceTier,
    status: event.status,
    isStream: event.isStream,
    latencyMs: event.latencyMs,
    tokens,
    provenance: event.count.provenance,
    requests,
    webSearches,
    rule: event.count.rule,
    textInputTokens: event.count.textInput,
    textOutputTokens: event.count.textOutput,
    region,
    flags: event.count.flags,
    reservation: event.reservation,
    metadata: event.metadata,
    reportedUsage: event.reportedUsage,
    data: event.data,
    currency: cost.currency,
    costPico: cost.costPico,
    costByClass: cost.costByClass,
    cacheSavingsPico: cost.cacheSavingsPico,
    priceIds: cost.priceIds,
    unpricedReason: cost.unpricedReason,
  };
}

/** The record as one that cannot be counted after all. */
export function asDeadLetter(
  rows: RecordRows,
  reason: { readonly code: DeadLetterCode; readonly detail: string; readonly nowMs: number },
): RecordRows {
  const receipt: Receipt = { ...rows.receipt, outcome: 'dead_lettered', reason: reason.code };
  return deadRows(receipt, rows.value, reason);
}

export function eventKeyOf({ customerId, eventId }: Receipt): string {
  return partitionKeyOf(customerId, eventId);
}

function deadRows(
  receipt: Receipt,
  value: Uint8Array,
  reason: { readonly code: DeadLetterCode; readonly detail: string; readonly nowMs: number },
): RecordRows {
  const { code, detail, nowMs } = reason;
  return { receipt, usage: null, letter: { id: placeOf(receipt), code, detail, deadAtMs: nowMs, value }, value };
}

function placeOf({ epoch, partition, position }: Pick<Receipt, 'epoch' | 'partition' | 'position'>): string {
  return `${epoch}-${partition}-${position}`;
}

function receiptOf(
  { record, delivered }: AssessedRecord & { readonly kind: 'event' | 'void' },
  { epoch }: RowContext,
  outcome: Pick<Receipt, 'outcome' | 'reason' | 'contentHash'>,
): Receipt {
  return {
    epoch,
    partition: delivered.partition,
    position: delivered.position,
    customerId: record.customerId,
    eventId: record.eventId,
    timeMs: record.timeMs,
    receivedAtMs: record.receivedAtMs,
    contentHash: outcome.contentHash,
    outcome: outcome.outcome,
    reason: outcome.reason,
    isReplay: record.isReplay,
    reporterKeyId: record.reporterKeyId,
  };
}

/**
 * Nothing is known of it but its place, which becomes its id. Its times are the epoch's start and not the clock's, so that
 * reading the log again writes the same.
 */
function foreignReceipt(assessed: AssessedRecord, { epoch }: RowContext): Receipt {
  const { partition, position } = assessed.delivered;
  return {
    ...{ epoch, partition, position },
    customerId: '',
    eventId: placeOf({ epoch, partition, position }),
    timeMs: 0,
    receivedAtMs: 0,
    contentHash: rawContentHash(assessed),
    outcome: 'dead_lettered',
    reason: 'malformed_record',
    isReplay: false,
    reporterKeyId: '',
  };
}
