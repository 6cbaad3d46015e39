// Sends some events and settles those whose fate the answer tells. Where an answer blames the whole batch, halves are sent
// until the events to blame are found: one bad event must not hold back or take down others.

import type { Http, HttpAnswer } from '../http.ts';
import { TollgateError } from '../tollgate-error.ts';
import type { EventQueue, QueuedEntry } from './event-queue.ts';
import { readAnswer, rejectionOf } from './read-answer.ts';

export interface BatchSender {
  readonly http: Http;
  /** Of the route of events. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly queue: EventQueue;
  readonly signal: AbortSignal;
}

/** Null when every event is settled; else why some have to be sent again. */
export async function sendBatch(sender: BatchSender, entries: readonly QueuedEntry[]): Promise<TollgateError | null> {
  const { queue } = sender;
  const answer = await post(sender, entries);
  if (answer instanceof TollgateError) return answer;
  const verdict = readAnswer(answer, entries.length);
  switch (verdict.kind) {
    case 'settled':
      for (const [index, entry] of entries.entries()) {
        const rejection = verdict.rejections.get(index);
        queue.settle(entry, rejection === undefined ? { kind: 'accepted' } : { kind: 'rejected', rejection });
      }
      return null;
    case 'refused':
      for (const entry of entries) queue.settle(entry, { kind: 'rejected', rejection: rejectionOf(verdict.error) });
      return null;
    case 'retry':
      return verdict.error;
    case 'blamed':
      return entries.length > 1 ? sendHalves(sender, entries) : blame(sender, entries, verdict.error);
  }
}

async function sendHalves(sender: BatchSender, entries: readonly QueuedEntry[]): Promise<TollgateError | null> {
  const middle = entries.length >> 1;
  const first = await sendBatch(sender, entries.slice(0, middle));
  // Of a server that is away, one failure is enough.
  if (first !== null && first.status !== 500) return first;
  return (await sendBatch(sender, entries.slice(middle))) ?? first;
}

/** What is wrong with the request cannot heal; what is wrong with the server may, and must not hold up the others. */
function blame(sender: BatchSender, entries: readonly QueuedEntry[], error: TollgateError): TollgateError | null {
  for (const entry of entries) {
    if (error.status === 500) sender.queue.postpone(entry);
    else sender.queue.settle(entry, { kind: 'rejected', rejection: rejectionOf(error) });
  }
  return error.status === 500 ? error : null;
}

async function post(sender: BatchSender, entries: readonly QueuedEntry[]): Promise<HttpAnswer | TollgateError> {
  const { http, url, timeoutMs, signal } = sender;
  try {
    return await http({ method: 'POST', url, body: encodeBatch(entries), timeoutMs, signal });
  } catch (error) {
    if (error instanceof TollgateError) return error;
    // Such as a function for the token that failed: another time it may not.
    return new TollgateError({ code: 'unreachable', detail: 'The events could not be sent.', cause: error });
  }
}

const OPEN = 0x5b;
const COMMA = 0x2c;
const CLOSE = 0x5d;

/** A JSON list of the events, whose bytes are there already. */
function encodeBatch(entries: readonly QueuedEntry[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(entries.reduce((sum, { bytes }) => sum + bytes.byteLength + 1, 1));
  let place = 0;
  for (const { bytes } of entries) {
    body[place] = place === 0 ? OPEN : COMMA;
    body.set(bytes, place + 1);
    place += bytes.byteLength + 1;
  }
  body[place] = CLOSE;
  return body;
}
