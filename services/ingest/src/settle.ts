// The second half of a request: whose each draft is, which are copies of one another, and one append for all that are
// taken. Fetch, decide, write: after the look-up everything up to the append is one synchronous step.

import { isDeepStrictEqual } from 'node:util';
import type { Authenticator, Caller, UsageOwner } from '@tollgate/auth';
import { encodeRecord, partitionKeyOf } from '@tollgate/domain';
import type { LogRecord, LogWriter } from '@tollgate/event-log';
import type { Span, Tracing } from '@tollgate/runtime';
import type { Draft } from './draft.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { decideOwner, lookUpOwners, type NamedOwners } from './owners.ts';
import { type Rejection, rejectionOf } from './rejection.ts';

export interface SettleOptions {
  readonly authenticator: Authenticator;
  readonly writer: LogWriter;
  readonly metrics: IngestMetrics;
  readonly tracing: Tracing;
  /** Reached just before and just after the log has the records. */
  readonly failpoint: (name: string) => void;
}

export interface ReadRequest {
  readonly caller: Caller;
  readonly receivedAtMs: number;
  readonly drafts: readonly Draft[];
  /** What was rejected already. */
  readonly rejections: readonly Rejection[];
  readonly span: Span | undefined;
}

export interface Outcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejections: readonly Rejection[];
}

interface Decided {
  readonly records: readonly LogRecord[];
  readonly outcome: Outcome;
}

/** Resolves once the log has everything that the outcome calls accepted; rejects when it cannot be said that it has. */
export async function settle(options: SettleOptions, request: ReadRequest): Promise<Outcome> {
  const { authenticator, metrics, failpoint } = options;
  const named = lookUpOwners(authenticator, request.caller, request.drafts);
  const { records, outcome } = decide(request, named instanceof Promise ? await named : named);
  if (records.length === 0) return outcome;
  failpoint('ingest.before_append');
  const startedAt = performance.now();
  await append(options, request.span, records);
  metrics.appended(performance.now() - startedAt);
  failpoint('ingest.after_append');
  return outcome;
}

/** The trace goes on in whoever reads the log: `decide` wrote the request's span into each record. */
async function append(
  { writer, tracing }: SettleOptions,
  requestSpan: Span | undefined,
  records: readonly LogRecord[],
): Promise<void> {
  const span =
    requestSpan === undefined
      ? undefined
      : tracing.start({ name: 'append to the log', kind: 'producer', parent: requestSpan.traceparent });
  try {
    await writer.append(records);
    span?.end({ attributes: { 'messaging.batch.message_count': records.length } });
  } catch (error) {
    span?.end({ isFailed: true });
    throw error;
  }
}

function decide(request: ReadRequest, named: NamedOwners): Decided {
  const { caller, drafts, receivedAtMs, span } = request;
  const firsts = drafts.length > 1 ? new Map<string, Draft>() : undefined;
  const records: LogRecord[] = [];
  const rejections: Rejection[] = [...request.rejections];
  let duplicates = 0;
  for (const draft of drafts) {
    const decision = decideOwner(caller, draft, named);
    if ('code' in decision) {
      rejections.push(rejectionOf(draft, decision.code, [decision.error]));
      continue;
    }
    const partitionKey = partitionKeyOf(decision.owner.customerId, draft.id);
    const first = firsts?.get(partitionKey);
    if (first === undefined) {
      firsts?.set(partitionKey, draft);
      records.push({ partitionKey, value: toRecord({ draft, owner: decision.owner, caller, receivedAtMs, span }) });
    } else if (isSameContent(first, draft)) {
      duplicates++;
    } else {
      rejections.push(conflictOf(draft, first));
    }
  }
  if (rejections.length > 1) rejections.sort((one, other) => one.index - other.index);
  return { records, outcome: { accepted: records.length, duplicates, rejections } };
}

interface RecordSource {
  readonly draft: Draft;
  readonly owner: UsageOwner;
  readonly caller: Caller;
  readonly receivedAtMs: number;
  readonly span: Span | undefined;
}

function toRecord({ draft, owner, caller, receivedAtMs, span }: RecordSource): Uint8Array {
  return encodeRecord({
    kind: draft.kind,
    customerId: owner.customerId,
    projectId: owner.projectId,
    keyId: owner.keyId,
    reporterKeyId: caller.keyId,
    eventId: draft.id,
    timeMs: draft.timeMs,
    receivedAtMs,
    isReplay: false,
    traceparent: span?.traceparent,
    body: draft.body,
  });
}

function conflictOf({ index, id, pointer }: Draft, first: Draft): Rejection {
  const place = first.pointer === '' ? 'the first' : first.pointer;
  const detail = `Another event of this request (${place}) has this id and says something else; the first one counts.`;
  return rejectionOf({ index, id }, 'event_conflict', [{ pointer: `${pointer}/id`, detail }]);
}

/** As the counter sees it: the same but for the time. A second withdrawal of an event adds nothing, whatever its reason. */
function isSameContent(one: Draft, other: Draft): boolean {
  if (one.kind === 'void' || Buffer.compare(one.body, other.body) === 0) return true;
  return isDeepStrictEqual(timelessContent(one.body), timelessContent(other.body));
}

function timelessContent(body: Uint8Array): unknown {
  const { time: _, ...content } = JSON.parse(Buffer.from(body).toString('utf8'));
  return content;
}
