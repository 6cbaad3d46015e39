import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AppenderOptions, createAppender, type OutgoingEntry, RECORD_BYTES_MAX } from './appender.ts';
import { unpackEntry } from './entry.ts';
import { RECORDS_PER_ENTRY_MAX } from './event-log.ts';

interface Sent {
  readonly entries: readonly OutgoingEntry[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function start(overrides: Partial<AppenderOptions> = {}) {
  const sent: Sent[] = [];
  const appender = createAppender({
    partitionCount: 1,
    bytesInFlightMax: 64 * 1024 * 1024,
    gatherMs: 0,
    timeoutMs: 1_000,
    now: () => performance.now(),
    send: (entries) =>
      new Promise((resolve, reject) => {
        sent.push({ entries, resolve, reject });
      }),
    ...overrides,
  });
  const append = (...texts: readonly string[]): Promise<void> =>
    appender.append(texts.map((text) => ({ partitionKey: text, value: Buffer.from(text) })));
  const textsOf = (index: number): readonly string[] =>
    (sent[index]?.entries ?? []).flatMap(({ value }) => unpackEntry(value).map(String));
  return { appender, append, sent, textsOf };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('gathering', () => {
  test('appends of one turn go out in one entry, and each resolves when it is stored', async () => {
    const { append, sent, textsOf } = start();
    const both = Promise.all([append('a'), append('b', 'c')]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(1);
    expect(textsOf(0)).toEqual(['a', 'b', 'c']);
    sent[0]?.resolve();
    await expect(both).resolves.toEqual([undefined, undefined]);
  });

  test('what comes while an entry is under way waits for it, so that the order holds', async () => {
    const { append, sent, textsOf } = start();
    const first = append('a');
    await vi.advanceTimersByTimeAsync(1);
    const second = Promise.all([append('b'), append('c')]);
    await vi.advanceTimersByTimeAsync(50);
    expect(sent).toHaveLength(1);
    sent[0]?.resolve();
    await first;
    await vi.advanceTimersByTimeAsync(1);
    expect(textsOf(1)).toEqual(['b', 'c']);
    sent[1]?.resolve();
    await second;
  });

  test('sends start at least `gatherMs` apart, but a lone append does not wait', async () => {
    const { append, sent } = start({ gatherMs: 10, partitionCount: 64 });
    void append('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(1);
    void append('b');
    await vi.advanceTimersByTimeAsync(5);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(6);
    expect(sent).toHaveLength(2);
  });

  test('an entry is bounded in records and in bytes; a larger record has one to itself', async () => {
    const { appender, sent } = start();
    const small = Array.from({ length: RECORDS_PER_ENTRY_MAX + 1 }, () => ({
      partitionKey: 'a',
      value: Buffer.alloc(1),
    }));
    const large = { partitionKey: 'a', value: Buffer.alloc(2_000_000) };
    void appender.append([...small, large]);
    for (let index = 0; index < 3; index += 1) {
      await vi.advanceTimersByTimeAsync(1);
      sent[index]?.resolve();
    }
    await vi.advanceTimersByTimeAsync(1);
    const counts = sent.map(({ entries }) => entries.map(({ value }) => unpackEntry(value).length));
    expect(counts).toEqual([[RECORDS_PER_ENTRY_MAX], [1], [1]]);
  });
});

describe('limits', () => {
  test('past the bytes in flight an append is refused at once, and the bytes come back', async () => {
    const { appender, append, sent } = start({ bytesInFlightMax: 20 });
    const first = append('0123456789');
    await expect(append('0123456789')).rejects.toMatchObject({ code: 'log_unavailable', retryAfterSeconds: 1 });
    await vi.advanceTimersByTimeAsync(1);
    sent[0]?.resolve();
    await first;
    expect(appender.bytesInFlight).toBe(0);
  });

  test('a record that no entry may hold is refused for good', async () => {
    const { appender } = start();
    const value = Buffer.alloc(RECORD_BYTES_MAX + 1);
    await expect(appender.append([{ partitionKey: 'a', value }])).rejects.toMatchObject({ code: 'body_too_large' });
    expect(appender.bytesInFlight).toBe(0);
  });

  test('an append that is not answered in time is rejected; what was not sent is never sent', async () => {
    const { appender, append, sent } = start();
    const underWay = append('a');
    await vi.advanceTimersByTimeAsync(1);
    const waiting = append('b');
    const outcomes = Promise.allSettled([underWay, waiting]);
    await vi.advanceTimersByTimeAsync(1_200);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    // The bytes that were sent are held until the send settles: the client may still hold them as well.
    expect(appender.bytesInFlight).toBe(1 + 4);
    sent[0]?.resolve();
    await vi.advanceTimersByTimeAsync(50);
    expect(appender.bytesInFlight).toBe(0);
    expect(sent).toHaveLength(1);
  });

  test('a failed send rejects its appends with the cause, and the next one is tried', async () => {
    const { append, sent } = start();
    const cause = new Error('The broker went away.');
    const first = append('a');
    first.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(1);
    sent[0]?.reject(cause);
    await expect(first).rejects.toMatchObject({ code: 'log_unavailable', cause });
    const second = append('b');
    await vi.advanceTimersByTimeAsync(1);
    sent[1]?.resolve();
    await second;
  });

  test('closing waits for what is in flight and refuses what comes after', async () => {
    const { appender, append, sent } = start();
    const first = append('a');
    await vi.advanceTimersByTimeAsync(1);
    let isClosed = false;
    const closing = appender.close().then(() => {
      isClosed = true;
    });
    await expect(append('b')).rejects.toMatchObject({ code: 'log_unavailable' });
    expect(isClosed).toBe(false);
    sent[0]?.resolve();
    await Promise.all([first, closing]);
  });
});
