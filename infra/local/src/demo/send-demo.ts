// The demo's sender: first what is missing of the last days, in batches, then an event every few seconds, all of it through
// `POST /v1/events`. How far it got is remembered, so that a restart goes on where it stopped.

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageEvent } from '@tollgate/domain';
import { readSecretFile, writeSecretFile } from '../secret-file.ts';
import type { DemoAccount } from './demo-account.ts';
import { busynessOf, type CountTokens, chanceOf, eventOfSlot, SLOT_MS } from './demo-event.ts';
import type { DemoTexts } from './demo-texts.ts';

interface SenderOptions {
  readonly ingestUrl: string;
  readonly account: DemoAccount;
  readonly texts: DemoTexts;
  readonly countTokens: CountTokens;
  readonly dataDir: string;
  readonly logDir: string;
  readonly signal: AbortSignal;
}

const HISTORY_MS = 5 * 24 * 60 * 60 * 1000;
/** Of the past, one slot in so many: a minute's worth. */
const HISTORY_STRIDE = 12;
const BATCH_EVENTS = 50;
/** The past need not be there at once, and must not keep the machine from what the newcomer tries. */
const BATCH_PAUSE_MS = 250;
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_MS = 5_000;

/** Ends only when `signal` aborts; what goes wrong is written to the log and tried again. */
export async function sendDemo(options: SenderOptions): Promise<void> {
  const progressFile = join(options.dataDir, 'demo-progress');
  const slotNow = () => Math.floor(Date.now() / SLOT_MS);
  const slotMin = slotNow() - HISTORY_MS / SLOT_MS;
  let next = Math.max(slotMin, Number((await readSecretFile(progressFile)) ?? 0));

  while (!options.signal.aborted) {
    try {
      const { events, end } = collect(next, slotNow(), options);
      await send(events, options);
      next = end;
      await writeSecretFile(progressFile, `${next}\n`);
      await pause(next < slotNow() ? BATCH_PAUSE_MS : SLOT_MS, options.signal);
    } catch (error) {
      if (options.signal.aborted) return;
      const line = `${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`;
      await appendFile(join(options.logDir, 'demo.log'), line);
      await pause(RETRY_MS, options.signal);
    }
  }
}

/** At most a batch of the events from slot `first` up to `end`, and the slot to go on from. */
function collect(first: number, end: number, options: SenderOptions): { events: UsageEvent[]; end: number } {
  const events: UsageEvent[] = [];
  const isPast = end - first > HISTORY_STRIDE;
  let slot = first;
  for (; slot < end && events.length < BATCH_EVENTS; slot++) {
    if (isPast && slot % HISTORY_STRIDE !== 0) continue;
    if (chanceOf(slot) < busynessOf(slot)) events.push(eventOfSlot(slot, options));
  }
  return { events, end: slot };
}

/** Each key sends its own: search the embeddings, the assistant the rest. */
async function send(events: readonly UsageEvent[], { account, ingestUrl, signal }: SenderOptions): Promise<void> {
  const [assistant, search] = account.keys;
  const isSearch = (event: UsageEvent) => event.type === 'llm.embedding';
  const parts = [
    { key: assistant, events: events.filter((event) => !isSearch(event)) },
    { key: search, events: events.filter(isSearch) },
  ];
  for (const { key, events: own } of parts) {
    if (key === undefined || own.length === 0) continue;
    const res = await fetch(`${ingestUrl}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(own),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const answer = await res.text();
    if (res.status !== 202) throw new Error(`POST /v1/events answered ${res.status}: ${answer.slice(0, 500)}`);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
