// The contract of the event log: one suite that both adapters pass on their real server.
// One file, though long: it is the whole contract, and is read as one.

import { setTimeout as sleep } from 'node:timers/promises';
import { LogSetupError, type LogWriter, offsetOf, partitionOf } from '@tollgate/event-log';
import type { LocalServer } from '@tollgate/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  type LogKind,
  numbered,
  type OpenOptions,
  PARTITION_COUNT,
  recordsOf,
  startServer,
  TestLog,
} from './log-fixture.ts';

const SOON = { timeoutMs: 15_000 };
/** A reader's death is noticed within its session (6 s in these tests); then the group has to settle. */
const AFTER_SESSION = { timeoutMs: 40_000 };
const MIB = 1024 * 1024;

const keyOf = (text: string): string => text.split(':', 1)[0] ?? '';

export function describeEventLog(kind: LogKind): void {
  describe(`the event log on ${kind.name}`, () => {
    let server: LocalServer;
    let closeServer: () => Promise<void>;

    beforeAll(async () => {
      const started = await startServer(kind);
      server = started.server;
      closeServer = started.close;
    });

    afterAll(() => closeServer());

    async function openLog(options: Pick<OpenOptions, 'bytesInFlightMax' | 'stallMs'> = {}): Promise<TestLog> {
      const log = new TestLog(kind, server, options);
      await log.log.ensure();
      return log;
    }

    describe('appending and reading', () => {
      test('records of a key share a partition and come in the order of their appends', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const keys = numbered('key', 20).map((key) => key.replace(':', ''));
        const appends = Array.from({ length: 50 }, (_, round) =>
          writer.append(
            recordsOf(
              keys.map((key) => `${key}:${round}`),
              keyOf,
            ),
          ),
        );
        await Promise.all(appends);

        const { delivered, texts } = fixture.read();
        await eventually(async () => expect(delivered).toHaveLength(1_000), SOON);
        for (const key of keys) {
          expect(texts().filter((text) => keyOf(text) === key)).toEqual(numbered(key, 50));
        }
        for (const { partition, value } of delivered) {
          expect(partition).toBe(partitionOf(keyOf(Buffer.from(value).toString()), PARTITION_COUNT));
        }
        for (let partition = 0; partition < PARTITION_COUNT; partition += 1) {
          const positions = delivered
            .filter((record) => record.partition === partition)
            .map(({ position }) => position);
          expect(positions).toEqual([...new Set(positions)].sort((one, other) => (one < other ? -1 : 1)));
        }
      });

      test('offsets are dense, so that a missing entry shows', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        for (const text of numbered('key', 10)) await writer.append(recordsOf([text], keyOf));
        const { delivered } = fixture.read();
        await eventually(async () => expect(delivered).toHaveLength(10), SOON);
        const offsets = delivered.map(({ position }) => offsetOf(position));
        const first = offsets[0] ?? 0n;
        expect(offsets).toEqual(offsets.map((_, index) => first + BigInt(index)));
      });

      test('records of 5 MiB pass whole', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const values = [1, 2, 3].map((byte) => Buffer.alloc(5 * MIB + 512, byte));
        await Promise.all(values.map((value) => writer.append([{ partitionKey: 'large', value }])));
        const { delivered } = fixture.read();
        // Whichever comes, comes whole; on a busy machine one may come twice.
        const seen = (): ReadonlySet<number | undefined> => new Set(delivered.map(({ value }) => value[0]));
        await eventually(async () => expect(seen().size).toBe(3), SOON);
        for (const { value } of delivered) {
          expect(Buffer.compare(value, values[(value[0] ?? 0) - 1] ?? Buffer.alloc(0))).toBe(0);
        }
      });

      test('an entry that cannot be unpacked is delivered as one record, and what follows it as well', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const bytes = Buffer.from('not an entry at all');
        await kind.storeRaw(server, { name: fixture.options.name, bytes });
        await writer.append(recordsOf(numbered('key', 20), (text) => text));
        const { texts } = fixture.read();
        await eventually(async () => expect(texts()).toHaveLength(21), SOON);
        expect(texts()).toContain(bytes.toString());
      });

      test('the number of partitions cannot change', async () => {
        await using fixture = await openLog();
        const other = kind.open(server, { ...fixture.options, partitionCount: PARTITION_COUNT + 1 });
        await expect(other.ensure()).rejects.toThrow(LogSetupError);
        await expect(fixture.log.ensure()).resolves.toBeUndefined();
      });
    });

    describe('committing', () => {
      test('what was handled is not delivered again, and the lag says what is left', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        await writer.append(recordsOf(numbered('first', 100), (text) => text));
        expect(await lagOf(monitor)).toBe(BigInt(PARTITION_COUNT));

        const first = fixture.read();
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), SOON);
        await first.close();
        await writer.append(recordsOf(numbered('second', 100), (text) => text));
        const second = fixture.read();
        await eventually(async () => expect(second.texts()).toHaveLength(100), SOON);
        expect(new Set(second.texts())).toEqual(new Set(numbered('second', 100)));
        expect(new Set(first.texts())).toEqual(new Set(numbered('first', 100)));
      });

      test('a batch whose handler rejects comes again from its first record; other partitions go on', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const texts = numbered('key', 40);
        await writer.append(recordsOf(texts, (text) => text));
        const failing = partitionOf('key:0', PARTITION_COUNT);
        let failures = 0;
        const doneWhileFailing = new Set<string>();
        const { texts: delivered } = fixture.read(async (batch) => {
          if (batch.partition === failing && failures < 3) {
            failures += 1;
            throw new Error('The warehouse is away.');
          }
          if (failures < 3) for (const { value } of batch.records) doneWhileFailing.add(Buffer.from(value).toString());
        });
        const ofFailing = texts.filter((text) => partitionOf(text, PARTITION_COUNT) === failing);
        const others = texts.length - ofFailing.length;
        await eventually(async () => expect(delivered()).toHaveLength(ofFailing.length * 4 + others), SOON);
        expect(delivered().filter((text) => ofFailing.includes(text))).toEqual([1, 2, 3, 4].flatMap(() => ofFailing));
        expect(doneWhileFailing.size).toBe(others);
      });

      test('a handler that shows no life is aborted; its records come again once it has ended, others at once', async () => {
        await using fixture = await openLog({ stallMs: 1_000 });
        const writer = fixture.closeLater(fixture.log.writer());
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        const texts = numbered('key', 40);
        await writer.append(recordsOf(texts, (text) => text));
        const stuck = partitionOf('key:0', PARTITION_COUNT);
        const ofStuck = texts.filter((text) => partitionOf(text, PARTITION_COUNT) === stuck);
        let end = (): void => undefined;
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        let isAborted = false;
        const reader = fixture.read(async (batch, { signal }) => {
          if (batch.partition !== stuck || isAborted) return;
          signal.addEventListener('abort', () => {
            isAborted = true;
          });
          await ended;
        });
        await eventually(async () => expect(isAborted).toBe(true), SOON);
        await writer.append(recordsOf(numbered('later', 40), (text) => text));
        const others =
          80 -
          ofStuck.length -
          numbered('later', 40).filter((text) => partitionOf(text, PARTITION_COUNT) === stuck).length;
        const deliveredElsewhere = (): number => reader.delivered.filter(({ partition }) => partition !== stuck).length;
        await eventually(async () => expect(deliveredElsewhere()).toBe(others), SOON);
        expect(reader.texts().filter((text) => ofStuck.includes(text))).toEqual(ofStuck);
        end();
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), SOON);
        expect(reader.texts().filter((text) => ofStuck.includes(text))).toEqual([...ofStuck, ...ofStuck]);
      });

      test('a reader that closes in the midst of its work aborts it and commits nothing', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        await writer.append(recordsOf(['key:0'], keyOf));
        const first = fixture.read(
          (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
        );
        await eventually(async () => expect(first.texts()).toHaveLength(1), SOON);
        await first.close();
        const second = fixture.read();
        await eventually(async () => expect(second.texts()).toEqual(['key:0']), SOON);
      });
    });

    describe('several readers', () => {
      test('they share the partitions, and each takes over what the other leaves', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const appended: string[] = [];
        let isAppending = true;
        const appending = (async () => {
          for (let round = 0; isAppending; round += 1) {
            const texts = numbered('key', 10).map((key) => `${key.replace(':', '')}:${round}`);
            await writer.append(recordsOf(texts, keyOf));
            appended.push(...texts);
            await sleep(10);
          }
        })();
        const first = fixture.read();
        await eventually(async () => expect(first.reader.assigned()).toHaveLength(PARTITION_COUNT), SOON);
        const second = fixture.read();
        await eventually(async () => {
          expect(first.reader.assigned()).toHaveLength(PARTITION_COUNT / 2);
          expect(second.reader.assigned()).toHaveLength(PARTITION_COUNT / 2);
        }, SOON);
        expect(new Set([...first.reader.assigned(), ...second.reader.assigned()]).size).toBe(PARTITION_COUNT);
        const before = second.delivered.length;
        await eventually(async () => expect(second.delivered.length).toBeGreaterThan(before), SOON);
        await first.close();
        await eventually(async () => expect(second.reader.assigned()).toHaveLength(PARTITION_COUNT), SOON);
        isAppending = false;
        await appending;
        await eventually(
          async () => expect(new Set([...first.texts(), ...second.texts()])).toEqual(new Set(appended)),
          SOON,
        );
        for (const { texts } of [first, second]) expectOrderPerKey(texts());
      });

      test('what a killed reader had not committed goes to another', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const texts = numbered('key', 100);
        await writer.append(recordsOf(texts, (text) => text));
        const victim = fixture.forkReader();
        await eventually(async () => expect(victim.messages.length).toBeGreaterThan(0), SOON);
        await victim.close();
        const heir = fixture.read();
        await eventually(async () => expect(new Set(heir.texts())).toEqual(new Set(texts)), AFTER_SESSION);
      });

      test('a reader that was frozen past its session finds its work aborted and cannot commit', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        const texts = numbered('key', 20);
        await writer.append(recordsOf(texts, keyOf));
        const zombie = fixture.forkReader();
        await eventually(async () => expect(zombie.messages).toHaveLength(1), SOON);
        zombie.signal('SIGSTOP');
        let release = (): void => undefined;
        const heirMayGoOn = new Promise<void>((resolve) => {
          release = resolve;
        });
        const heir = fixture.read(() => heirMayGoOn);
        await eventually(async () => expect(heir.texts()).toEqual(texts), AFTER_SESSION);

        // The message waits in the zombie's channel: its handler resolves as soon as it runs again.
        zombie.release();
        zombie.signal('SIGCONT');
        await eventually(
          async () => expect(zombie.messages.filter(({ type }) => type === 'handled')).toHaveLength(1),
          SOON,
        );
        expect(await lagOf(monitor)).toBeGreaterThan(0n);
        await zombie.close();
        expect(await lagOf(monitor)).toBeGreaterThan(0n);
        release();
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), AFTER_SESSION);
        expect(new Set(heir.texts())).toEqual(new Set(texts));
      });
    });

    describe('looking from outside', () => {
      test('what is not committed can be visited, within limits', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        await writer.append(recordsOf(numbered('first', 50), (text) => text));
        const reader = fixture.read();
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), SOON);
        await reader.close();
        await writer.append(recordsOf(numbered('second', 50), (text) => text));
        const seen: string[] = [];
        const visit = ({ value }: { readonly value: Uint8Array }): void => {
          seen.push(Buffer.from(value).toString());
        };
        const all = await monitor.readUncommitted(visit, { recordsMax: 1_000, timeoutMs: 10_000 });
        expect(all).toEqual({ complete: true });
        expect(new Set(seen)).toEqual(new Set(numbered('second', 50)));
        seen.length = 0;
        const some = await monitor.readUncommitted(visit, { recordsMax: 10, timeoutMs: 10_000 });
        expect(some).toEqual({ complete: false });
        expect(seen).toHaveLength(10);
      });

      test('a log has one identity for ever, another log another', async () => {
        await using fixture = await openLog();
        await using other = await openLog();
        const monitor = fixture.closeLater(fixture.log.monitor({ group: 'one' }));
        const again = fixture.closeLater(fixture.log.monitor({ group: 'two' }));
        const elsewhere = other.closeLater(other.log.monitor({ group: 'one' }));
        await fixture.log.ensure();
        expect(await again.identity()).toBe(await monitor.identity());
        expect(await elsewhere.identity()).not.toBe(await monitor.identity());
      });

      test('a rewound group consumes the same records at the same positions again', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        await writer.append(recordsOf(numbered('key', 100), (text) => text));
        const first = fixture.read();
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), SOON);
        await expect(monitor.rewindToStart()).rejects.toMatchObject({ code: 'conflict' });
        await first.close();
        await monitor.rewindToStart();
        const second = fixture.read();
        await eventually(async () => expect(second.delivered).toHaveLength(100), SOON);
        const placesOf = (reader: typeof first): readonly string[] =>
          reader.delivered.map(({ partition, position }) => `${partition}/${position}`).sort();
        expect(placesOf(second)).toEqual(placesOf(first));
      });
    });

    test('dead letters are found by their ids, each once, however often they were put', async () => {
      await using fixture = await openLog();
      const letters = fixture.closeLater(fixture.log.deadLetters());
      const letter = (id: string) => ({
        id,
        code: 'invalid_event',
        detail: 'é',
        deadAtMs: Date.now(),
        value: Buffer.from(id),
      });
      expect(await letters.find(['1-0-1'])).toEqual([]);
      const all = numbered('letter', 300).map(letter);
      await letters.put(all);
      await letters.put(all.slice(0, 10));
      await letters.put([]);
      const found = await letters.find(['letter:3', 'letter:299', 'letter:3', 'unknown']);
      expect(
        found.map(({ id, code, detail, value }) => [id, code, detail, Buffer.from(value).toString()]).sort(),
      ).toEqual([
        ['letter:299', 'invalid_event', 'é', 'letter:299'],
        ['letter:3', 'invalid_event', 'é', 'letter:3'],
      ]);
    });

    describe('when the log is away', () => {
      test.each(['SIGSTOP', 'SIGKILL'] as const)(
        '%s: appends are refused within 5 seconds, memory is given back, and it recovers',
        async (signal) => {
          await using fixture = await openLog();
          const writer = fixture.closeLater(fixture.log.writer());
          const reader = fixture.read();
          await writer.append(recordsOf(['before:0'], keyOf));
          await eventually(async () => expect(reader.texts()).toContain('before:0'), SOON);
          await server.kill(signal);
          try {
            const refusals = await Promise.all(
              Array.from({ length: 50 }, (_, index) => refusalOf(writer, `away:${index}`)),
            );
            for (const { code, tookMs } of refusals) {
              expect(code).toBe('log_unavailable');
              expect(tookMs).toBeLessThan(5_000);
            }
            await eventually(async () => expect(writer.bytesInFlight).toBe(0), AFTER_SESSION);
            await expect(writer.ready()).rejects.toMatchObject({ code: 'log_unavailable' });
          } finally {
            if (signal === 'SIGSTOP') await server.kill('SIGCONT');
            else await server.restart();
          }
          await eventually(() => writer.append(recordsOf(['after:0'], keyOf)), AFTER_SESSION);
          await writer.ready();
          await eventually(async () => expect(reader.texts()).toContain('after:0'), AFTER_SESSION);
        },
      );

      test('work under way is aborted once the session cannot be held, and comes again when the log is back', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        const texts = numbered('key', 20);
        await writer.append(recordsOf(texts, keyOf));
        let aborted = 0;
        const reader = fixture.read((_, { signal }) => {
          if (aborted > 0) return Promise.resolve();
          return new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              aborted += 1;
              resolve();
            }),
          );
        });
        await eventually(async () => expect(reader.texts()).toEqual(texts), SOON);
        await server.kill('SIGKILL');
        await eventually(async () => expect(aborted).toBe(1), AFTER_SESSION);
        await server.restart();
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), AFTER_SESSION);
        expect(reader.texts()).toEqual([...texts, ...texts]);
      });

      test('past the bytes in flight an append is refused at once', async () => {
        await using fixture = await openLog({ bytesInFlightMax: 2 * MIB });
        const writer = fixture.closeLater(fixture.log.writer());
        const value = Buffer.alloc(MIB);
        const accepted = writer.append([{ partitionKey: 'a', value }]);
        await expect(writer.append([{ partitionKey: 'b', value }])).rejects.toMatchObject({
          code: 'log_unavailable',
          retryAfterSeconds: 1,
        });
        await accepted;
        expect(writer.bytesInFlight).toBe(0);
        await writer.append([{ partitionKey: 'b', value }]);
      });

      test('killed under load, it has every record that it acknowledged', async () => {
        await using fixture = await openLog();
        const writer = fixture.closeLater(fixture.log.writer());
        const acknowledged: string[] = [];
        let isLoading = true;
        const load = Promise.all(
          numbered('caller', 16).map(async (caller) => {
            for (let round = 0; isLoading; round += 1) {
              const texts = numbered(`${caller}/${round}`, 20);
              await writer.append(recordsOf(texts, (text) => text)).then(
                () => acknowledged.push(...texts),
                () => undefined,
              );
            }
          }),
        );
        for (const target of [10_000, 20_000]) {
          await eventually(async () => expect(acknowledged.length).toBeGreaterThan(target), AFTER_SESSION);
          await server.kill('SIGKILL');
          await server.restart();
        }
        await eventually(async () => expect(acknowledged.length).toBeGreaterThan(30_000), AFTER_SESSION);
        isLoading = false;
        await load;
        const reader = fixture.read();
        const missing = (): number => {
          const stored = new Set(reader.texts());
          return acknowledged.filter((text) => !stored.has(text)).length;
        };
        const monitor = fixture.closeLater(fixture.log.monitor({ group: fixture.group }));
        await eventually(async () => expect(await lagOf(monitor)).toBe(0n), AFTER_SESSION);
        expect(missing()).toBe(0);
      });
    });
  });
}

async function lagOf(monitor: ReturnType<TestLog['log']['monitor']>): Promise<bigint> {
  const progress = await monitor.progress();
  return progress.reduce((sum, { committedOffset, endOffset }) => sum + endOffset - committedOffset, 0n);
}

async function refusalOf(
  writer: LogWriter,
  text: string,
): Promise<{ readonly code: unknown; readonly tookMs: number }> {
  const startedAt = performance.now();
  try {
    await writer.append(recordsOf([text], keyOf));
    return { code: 'accepted', tookMs: performance.now() - startedAt };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
    return { code, tookMs: performance.now() - startedAt };
  }
}

/** Redelivery may go back, but never leaves a gap: each record is new by one, or was delivered before. */
function expectOrderPerKey(texts: readonly string[]): void {
  const last = new Map<string, number>();
  for (const text of texts) {
    const key = keyOf(text);
    const round = Number(text.slice(key.length + 1));
    const previous = last.get(key);
    if (previous !== undefined) expect(round).toBeLessThanOrEqual(previous + 1);
    last.set(key, round);
  }
}
