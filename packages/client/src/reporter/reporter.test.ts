import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueuedEvent } from '../event.ts';
import type { HttpAnswer, HttpRequest } from '../http.ts';
import { TollgateError } from '../tollgate-error.ts';
import type { Retry } from './delivery.ts';
import { createReporter, type ReporterLimits } from './reporter.ts';

const WAIT_MS = 5_000;
const LIMITS: ReporterLimits = {
  gatherMs: 1,
  batchEventsMax: 100,
  batchBytesMax: 1_000_000,
  queueEventsMax: 1_000,
  queueBytesMax: 1_000_000,
  timeoutMs: 1_000,
  retry: { firstMs: 1, maxMs: 2 },
  giveUpAfterMs: 60_000,
};

type Sent = readonly QueuedEvent[];

/** A reporter in front of what answers as `answer` says, with everything it sent and told. */
function start(answer: (sent: Sent, attempt: number) => HttpAnswer, limits: Partial<ReporterLimits> = {}) {
  const batches: Sent[] = [];
  const rejected: string[] = [];
  const undelivered: string[] = [];
  const retries: Retry[] = [];
  const reporter = createReporter({
    async http({ body }: HttpRequest) {
      const sent: Sent = JSON.parse(new TextDecoder().decode(body instanceof Uint8Array ? body : undefined));
      batches.push(sent);
      return answer(sent, batches.length);
    },
    url: 'http://tollgate.test/v1/events',
    limits: { ...LIMITS, ...limits },
    listeners: {
      onRejected: ({ id }, { code }) => rejected.push(`${id} ${code}`),
      onUndelivered: ({ id }, reason) => undelivered.push(`${id} ${reason}`),
      onRetry: (retry) => retries.push(retry),
    },
    random: () => 0.5,
    now: () => Date.now(),
  });
  const report = (id: string, fields: object = {}) => reporter.report({ id, type: 'llm.chat', ...fields });
  return { reporter, report, batches, rejected, undelivered, retries };
}

const taken = (sent: Sent): HttpAnswer => ({
  status: 202,
  json: { accepted: sent.length, duplicates: 0, rejected: [] },
  error: null,
});

function failed(status: number, options: { readonly code?: string; readonly retryAfterMs?: number } = {}): HttpAnswer {
  const { code = 'x', retryAfterMs = null } = options;
  return { status, json: { code }, error: new TollgateError({ code, detail: '', status, retryAfterMs }) };
}

const idsOf = (batches: readonly Sent[]): readonly (readonly string[])[] =>
  batches.map((batch) => batch.map(({ id }) => id));

describe('a report', () => {
  it('returns at once, and its events travel together', async () => {
    const { reporter, report, batches } = start(taken);
    const reports = ['a', 'b', 'c'].map((id) => report(id));
    expect(batches).toEqual([]);
    expect(reports.map(({ isQueued }) => isQueued)).toEqual([true, true, true]);
    expect(await Promise.all(reports.map(({ durable }) => durable))).toEqual(Array(3).fill({ kind: 'accepted' }));
    expect(idsOf(batches)).toEqual([['a', 'b', 'c']]);
    expect(await reporter.flush(WAIT_MS)).toBe(0);
  });

  it('is sent as it was when it was made, with an id and a time of its own, the same in every attempt', async () => {
    const { reporter, batches } = start((sent, attempt) => (attempt < 3 ? failed(503) : taken(sent)));
    const metadata = { feature: 'one' };
    const { id, durable } = reporter.report({ type: 'llm.chat', metadata });
    metadata.feature = 'another';
    expect(await durable).toEqual({ kind: 'accepted' });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(batches).toHaveLength(3);
    const [first] = batches;
    expect(first).toEqual([{ type: 'llm.chat', metadata: { feature: 'one' }, id, time: expect.any(String) }]);
    expect(batches).toEqual([first, first, first]);
  });

  it.each([
    ['a bigint', { usage: { prompt_tokens: 1n } }, 'invalid_event'],
    ['more than a request may have', { input: 'x'.repeat(5 * 1024 * 1024) }, 'body_too_large'],
  ])('that can never be sent says so and throws nothing: %s', async (_name, fields, code) => {
    const { report, batches, rejected } = start(taken);
    const { isQueued, durable } = report('a', fields);
    expect(isQueued).toBe(false);
    expect(await durable).toMatchObject({ kind: 'rejected', rejection: { code } });
    expect([rejected, batches]).toEqual([[`a ${code}`], []]);
  });
});

describe('a batch', () => {
  it('holds no more events than it may', async () => {
    const { reporter, report, batches } = start(taken, { batchEventsMax: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) report(id);
    await reporter.flush(WAIT_MS);
    expect(idsOf(batches)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('holds no more bytes than it may, and yet the event that is longer', async () => {
    const { reporter, report, batches } = start(taken, { batchBytesMax: 250 });
    report('a');
    report('b');
    report('long', { input: 'x'.repeat(300) });
    report('c');
    await reporter.flush(WAIT_MS);
    expect(idsOf(batches)).toEqual([['a', 'b'], ['long'], ['c']]);
  });

  it('loses the event that is rejected, and no other', async () => {
    const { report, rejected } = start((sent) => ({
      status: 207,
      json: {
        accepted: sent.length - 1,
        duplicates: 0,
        rejected: [{ index: 1, code: 'invalid_event', detail: 'No.' }],
      },
      error: null,
    }));
    const reports = ['a', 'b', 'c'].map((id) => report(id));
    const deliveries = await Promise.all(reports.map(({ durable }) => durable));
    expect(deliveries.map(({ kind }) => kind)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(rejected).toEqual(['b invalid_event']);
  });

  it.each([413, 400])(
    'that is refused as a whole with %i is sent in halves until the culprit is found',
    async (status) => {
      const { reporter, report, rejected, undelivered } = start((sent) =>
        sent.some(({ id }) => id === 'bad') ? failed(status, { code: 'culprit' }) : taken(sent),
      );
      const ids = ['a', 'b', 'c', 'bad', 'd', 'e'];
      const reports = ids.map((id) => report(id));
      expect(await reporter.flush(WAIT_MS)).toBe(0);
      const deliveries = await Promise.all(reports.map(({ durable }) => durable));
      expect(ids.filter((_, index) => deliveries[index]?.kind === 'accepted')).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect([rejected, undelivered]).toEqual([['bad culprit'], []]);
    },
  );

  it('does not hold up others while one event breaks the server', async () => {
    let isBroken = true;
    const { reporter, report, rejected } = start((sent) =>
      isBroken && sent.some(({ id }) => id === 'bad') ? failed(500) : taken(sent),
    );
    const bad = report('bad');
    const others = ['a', 'b', 'c'].map((id) => report(id));
    await Promise.all(others.map(({ durable }) => durable));
    const late = report('late');
    expect(await late.durable).toEqual({ kind: 'accepted' });
    isBroken = false;
    expect(await reporter.flush(WAIT_MS)).toBe(0);
    expect(await bad.durable).toEqual({ kind: 'accepted' });
    expect(rejected).toEqual([]);
  });

  it('is not sent again where a limit refuses usage: that would end when the limit does', async () => {
    const { report, rejected, batches } = start(() => failed(429, { code: 'quota_exceeded' }));
    expect(await report('a').durable).toMatchObject({ kind: 'rejected' });
    expect([rejected, batches.length]).toEqual([['a quota_exceeded'], 1]);
  });
});

describe('what cannot be sent now', () => {
  it('waits longer each time, and as long as the server asks', async () => {
    const answers = [failed(503), failed(429, { code: 'rate_limited', retryAfterMs: 30 }), failed(503)];
    const { report, retries } = start((sent, attempt) => answers[attempt - 1] ?? taken(sent));
    expect(await report('a').durable).toEqual({ kind: 'accepted' });
    expect(retries).toMatchObject([
      { failures: 1, delayMs: 1, pending: 1, error: { status: 503 } },
      { failures: 2, delayMs: 30 },
      { failures: 3, delayMs: 2 },
    ]);
  });

  it('is handed back when the queue has no room, by number or by bytes', async () => {
    const { reporter, report, undelivered } = start(taken, { queueEventsMax: 2 });
    expect(['a', 'b', 'c'].map((id) => report(id).isQueued)).toEqual([true, true, false]);
    expect(await reporter.flush(WAIT_MS)).toBe(0);
    expect(report('d').isQueued).toBe(true);
    expect(undelivered).toEqual(['c queue_full']);

    const narrow = start(taken, { queueBytesMax: 100 });
    expect(narrow.report('a').isQueued).toBe(true);
    expect(await narrow.report('b').durable).toEqual({ kind: 'undelivered', reason: 'queue_full' });
  });

  it('is handed back when it was tried for as long as was said', async () => {
    const { report, undelivered } = start(() => failed(503), { giveUpAfterMs: 0 });
    expect(await report('a').durable).toEqual({ kind: 'undelivered', reason: 'gave_up' });
    expect(undelivered).toEqual(['a gave_up']);
  });

  it('is handed back when the client closes, and so is what comes later', async () => {
    const { reporter, report, undelivered } = start(() => failed(503));
    report('a');
    expect(await reporter.close(20)).toBe(1);
    expect(await report('b').durable).toEqual({ kind: 'undelivered', reason: 'closed' });
    expect(undelivered).toEqual(['a closed', 'b closed']);
  });

  it('is tried at once by whoever flushes', async () => {
    const { reporter, report } = start((sent, attempt) => (attempt === 1 ? failed(503) : taken(sent)), {
      retry: { firstMs: 600_000, maxMs: 600_000 },
    });
    const { durable } = report('a');
    expect(await reporter.flush(20)).toBe(1);
    expect(await reporter.flush(WAIT_MS)).toBe(0);
    expect(await durable).toEqual({ kind: 'accepted' });
  });
});

it('whatever is answered, every event has one end, and what is called accepted was taken', async () => {
  const answer = fc.constantFrom(202, 202, 207, 413, 400, 500, 503, 429, 0);
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), async (script, count) => {
      const log = new Set<string>();
      const rejectedBy = new Set<string>();
      const { reporter, report, rejected, undelivered } = start(
        (sent, attempt) => {
          const status = script[attempt - 1] ?? 202;
          // The answer is lost on its way, but the events are not.
          if (status === 0) for (const { id } of sent) log.add(id);
          if (status === 0) return failed(503);
          if (status !== 202 && status !== 207) return failed(status);
          const [first, ...others] = sent;
          if (status === 202 || first === undefined) {
            for (const { id } of sent) log.add(id);
            return taken(sent);
          }
          rejectedBy.add(first.id);
          for (const { id } of others) log.add(id);
          const rejection = { index: 0, code: 'invalid_event', detail: '' };
          return { status, json: { accepted: others.length, duplicates: 0, rejected: [rejection] }, error: null };
        },
        { batchEventsMax: 5 },
      );
      const reports = Array.from({ length: count }, (_, index) => report(`e${index}`));
      await reporter.close(WAIT_MS);
      const deliveries = await Promise.all(reports.map(({ durable }) => durable));
      const ended = (kind: string): number => deliveries.filter((delivery) => delivery.kind === kind).length;
      expect(undelivered).toHaveLength(ended('undelivered'));
      expect(rejected).toHaveLength(ended('rejected'));
      expect(new Set([...rejected, ...undelivered]).size).toBe(rejected.length + undelivered.length);
      reports.forEach(({ id }, index) => {
        if (deliveries[index]?.kind === 'accepted') expect(log.has(id)).toBe(true);
      });
    }),
    { numRuns: 100 },
  );
});
