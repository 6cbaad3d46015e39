// Authorize, call the model, report: the whole of what a gateway does for one request, in one call. Whatever happens in
// between, the reservation is settled by one event or released.

import { fromAnswer } from './answer-usage.ts';
import type { AuthorizationRequest, Authorizations, Decision, Permit } from './authorization.ts';
import type { Scalar, UsageEvent } from './event.ts';
import { refusalOf } from './refusal.ts';
import type { Report } from './reporter/delivery.ts';
import { createStreamRecord, type StreamRecord } from './stream-record.ts';
import { TollgateError } from './tollgate-error.ts';
import { type StreamEnd, type StreamWatcher, watchBytes, watchChunks } from './watch-stream.ts';

export interface GuardRequest extends AuthorizationRequest {
  readonly metadata?: Record<string, Scalar>;
  /** Of the event that will be reported. Give one that you keep when the same use may be guarded twice: it counts once. */
  readonly eventId?: string;
  /** `admit`: when Tollgate gives no decision, the model is called and its use reported. `refuse`, unless said: the call fails. */
  readonly whenUnavailable?: 'refuse' | 'admit';
  /** Ends the wait for the decision. */
  readonly signal?: AbortSignal;
}

/** Null where Tollgate gave no decision and the request was admitted all the same. */
export type Admission = Permit | null;

type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface Guard {
  /**
   * Resolves to what `call` answered, untouched. Rejects with `LimitExceeded` or `Refused` when Tollgate says no, with a
   * `TollgateError` when it says nothing, and with whatever `call` threw; in all of these the reservation is given back.
   * `readAnswer` says what was used, for an answer that is not a provider's own.
   */
  guard<Answer>(
    request: GuardRequest,
    call: (admission: Admission) => Promise<Answer>,
    readAnswer?: (answer: Answer) => Partial<UsageEvent>,
  ): Promise<Answer>;
  /** The same for a stream, reported when it ends, is left, or breaks. A `Response` that is no success is passed on and released. */
  guardStream(request: GuardRequest, call: (admission: Admission) => Promise<Response>): Promise<Response>;
  guardStream(request: GuardRequest, call: (admission: Admission) => Promise<ByteStream>): Promise<ByteStream>;
  guardStream<Chunk>(
    request: GuardRequest,
    call: (admission: Admission) => Promise<AsyncIterable<Chunk>>,
  ): Promise<AsyncIterable<Chunk>>;
}

export interface GuardOptions extends Pick<Authorizations, 'authorize'> {
  readonly report: (event: UsageEvent) => Report;
  /** In the background: the caller does not wait, and hears nothing of a failure, since what is held expires. */
  readonly release: (reservation: string) => void;
  readonly now: () => number;
}

/** A request that was let through. */
interface Admitted {
  readonly request: GuardRequest;
  readonly admission: Admission;
  readonly startedAtMs: number;
}

export function createGuard(options: GuardOptions): Guard {
  const { authorize, report, release, now } = options;

  return {
    async guard(request, call, readAnswer) {
      const { admitted, answer } = await enter(request, call);
      const read = readAnswer === undefined ? (fromAnswer(answer) ?? textOnly(request, answer)) : readAnswer(answer);
      report({ ...aboutRequest(admitted), ...read, status: 'completed', stream: false });
      return answer;
    },
    guardStream,
  };

  async function enter<Answer>(
    request: GuardRequest,
    call: (admission: Admission) => Promise<Answer>,
  ): Promise<{ readonly admitted: Admitted; readonly answer: Answer }> {
    const admission = await admit(request);
    const admitted = { request, admission, startedAtMs: now() };
    try {
      return { admitted, answer: await call(admission) };
    } catch (error) {
      giveBack(admission);
      throw error;
    }
  }

  async function admit({
    eventId: _,
    whenUnavailable = 'refuse',
    signal,
    ...request
  }: GuardRequest): Promise<Admission> {
    let decision: Decision;
    try {
      decision = await authorize(request, signal === undefined ? {} : { signal });
    } catch (error) {
      const isAway = error instanceof TollgateError && error.retryable;
      if (isAway && whenUnavailable === 'admit') return null;
      throw error;
    }
    if (!decision.allowed) throw refusalOf(decision);
    return decision;
  }

  function giveBack(admission: Admission): void {
    if (admission !== null) release(admission.reservation);
  }

  async function guardStream(
    request: GuardRequest,
    call: (admission: Admission) => Promise<Response>,
  ): Promise<Response>;
  async function guardStream(
    request: GuardRequest,
    call: (admission: Admission) => Promise<ByteStream>,
  ): Promise<ByteStream>;
  async function guardStream<Chunk>(
    request: GuardRequest,
    call: (admission: Admission) => Promise<AsyncIterable<Chunk>>,
  ): Promise<AsyncIterable<Chunk>>;
  async function guardStream(
    request: GuardRequest,
    call: (admission: Admission) => Promise<Response | ByteStream | AsyncIterable<unknown>>,
  ): Promise<Response | ByteStream | AsyncIterable<unknown>> {
    const { admitted, answer } = await enter(request, call);
    const watcher = watcherOf(admitted);
    if (answer instanceof ReadableStream) return watchBytes(answer, watcher);
    if (!(answer instanceof Response)) return watchChunks(answer, watcher);
    if (answer.ok && answer.body !== null) return new Response(watchBytes(answer.body, watcher), answer);
    giveBack(admitted.admission);
    return answer;
  }

  function watcherOf(admitted: Admitted): StreamWatcher {
    const record = createStreamRecord();
    let isOver = false;
    return {
      onChunk: (chunk) => record.add(chunk),
      onEnd(end) {
        if (isOver) return;
        isOver = true;
        // Of a stream that never began, nothing is known to have been used.
        if (record.hasChunks()) report({ ...aboutRequest(admitted), ...ofStream(admitted.request, record, end) });
        else giveBack(admitted.admission);
      },
    };
  }

  function aboutRequest({ request, admission, startedAtMs }: Admitted): UsageEvent {
    const { key, customer, provider, model, type, serviceTier, metadata, eventId } = request;
    return {
      ...(eventId === undefined ? {} : { id: eventId }),
      ...(key === undefined ? {} : { key }),
      ...(customer === undefined ? {} : { customer }),
      type: type ?? 'llm.chat',
      ...(provider === undefined ? {} : { provider }),
      model,
      ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
      latency_ms: now() - startedAtMs,
      ...(admission === null ? {} : { reservation: admission.reservation }),
      ...(metadata === undefined ? {} : { metadata }),
    };
  }
}

/** Where the answer has no usage, its text is counted, and the text that went in. */
function textOnly(request: GuardRequest, answer: unknown): Partial<UsageEvent> {
  return { output: answer, ...inputOf(request) };
}

function ofStream(request: GuardRequest, record: StreamRecord, end: StreamEnd): Partial<UsageEvent> {
  const usage = record.usage();
  return {
    ...record.names,
    ...(usage === null
      ? { output: { chunks: record.chunks() }, ...(record.isInputKnown() ? {} : inputOf(request)) }
      : { usage: { ...usage } }),
    status: end === 'completed' ? 'completed' : 'aborted',
    stream: true,
  };
}

/** The text, or how many tokens the caller said: Tollgate takes that for the input and counts the output. */
function inputOf({ input, inputTokens }: GuardRequest): Partial<UsageEvent> {
  if (input !== undefined) return { input };
  return inputTokens === undefined ? {} : { usage: { prompt_tokens: inputTokens } };
}
