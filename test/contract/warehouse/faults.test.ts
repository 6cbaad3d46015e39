import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import { DAY_MS, JULY_MS, positionAt, storeUsage, total, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const JULY = { startMs: JULY_MS, endMs: Date.UTC(2026, 7, 1) };

describe('a server that is killed', () => {
  it('in the middle of inserts loses nothing that is stored again, and counts nothing twice', async () => {
    const { warehouse } = await server.fresh();
    const batches = Array.from({ length: 12 }, (_, batch) =>
      Array.from({ length: 2_000 }, (_, index) => {
        const offset = batch * 2_000 + index;
        return usageRow({ position: positionAt(offset), timeMs: JULY_MS + offset * 1_000 });
      }),
    );
    let acknowledged = 0;
    for (const [round, batch] of batches.entries()) {
      const storing = storeUsage(warehouse, batch).then(
        () => true,
        () => false,
      );
      if (round % 4 === 1) {
        // Somewhere inside the chain of inserts, at another place each time.
        await new Promise((resolve) => setTimeout(resolve, round * 8));
        await server.server.kill('SIGKILL');
        await server.server.restart();
      }
      if (await storing) acknowledged += 1;
      else await storeUsage(warehouse, batch);
    }
    expect(acknowledged).toBeGreaterThan(0);
    expect(await total(warehouse)).toMatchObject({ events: 24_000n, tokens: { input: 240_000n } });
    const books = await warehouse.books(JULY);
    expect(books).toMatchObject({ accepted: 24_000n, stored: 24_000n, duplicate: 0n, missingEntries: 0n });
  });

  it('keeps what it acknowledged', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, [usageRow({ position: positionAt(1) })]);
    await server.server.kill('SIGKILL');
    await expect(total(warehouse)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(warehouse.ready()).rejects.toMatchObject({ code: 'unavailable' });
    await server.server.restart();
    expect(await total(warehouse)).toMatchObject({ events: 1n });
  });
});

describe('a query that fails', () => {
  it('rejects, and never reads as an empty answer', async () => {
    const { warehouse, sql } = await server.fresh();
    await storeUsage(warehouse, [usageRow({ position: positionAt(1) })]);
    await sql('DROP TABLE usage_rows');
    await expect(total(warehouse)).rejects.toThrow();
    await expect(warehouse.books(JULY)).rejects.toThrow();
  });

  it('rejects when it fails after its first rows', async () => {
    const { warehouse, sql } = await server.fresh();
    const rows = Array.from({ length: 3 }, (_, index) => usageRow({ position: positionAt(index) }));
    await storeUsage(warehouse, rows);
    // An alias that throws when it is read stands in for a disk that fails halfway.
    await sql('RENAME TABLE receipts TO sound_receipts');
    await sql(`CREATE VIEW receipts AS SELECT * EXCEPT reason, id_hash,
      if(throwIf(log_position = ${positionAt(2)}, 'halfway') = 0, reason, reason) AS reason FROM sound_receipts`);
    await expect(warehouse.event('cus_a', rows[2]?.eventId ?? '')).rejects.toThrow();
  });
});

describe('rows that come too long after the marks of their hours', () => {
  it('are refused by the server, and can be stored again', async () => {
    const test = await server.fresh();
    const gate = await startGate(Number(new URL(test.url).port));
    const slow = createClickHouseWarehouse({ url: test.url.replace(/:\d+/, `:${gate.port}`) });
    const row = usageRow({ position: positionAt(1) });
    // The same insert as after a long stop: its deadline lies in the past.
    gate.rewriteOnce(/param_deadline_ms=1\d/, 'param_deadline_ms=10');
    await expect(storeUsage(slow, [row])).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: expect.stringContaining('too old') },
    });
    expect(await total(test.warehouse)).toMatchObject({ events: 0n });
    await storeUsage(slow, [row]);
    expect(await total(test.warehouse)).toMatchObject({ events: 1n });
    await slow.close();
    gate.close();
  });
});

describe('several processes', () => {
  it('migrate the same database at once', async () => {
    const { url } = await server.fresh();
    const urls = [`${url}_shared`, `${url}_shared`, `${url}_shared`];
    const warehouses = urls.map((shared) => createClickHouseWarehouse({ url: shared }));
    await Promise.all(warehouses.map((warehouse) => warehouse.migrate()));
    const [first] = warehouses;
    if (first === undefined) throw new Error();
    await storeUsage(first, [usageRow({ position: positionAt(1) })]);
    await first.migrate();
    expect(await total(first)).toMatchObject({ events: 1n });
    await Promise.all(warehouses.map((warehouse) => warehouse.close()));
  });

  it('audit at once', async () => {
    const test = await server.fresh();
    const other = createClickHouseWarehouse({ url: test.url });
    const rows = Array.from({ length: 200 }, (_, index) =>
      usageRow({ position: positionAt(index), eventId: `evt_${index % 100}`, timeMs: JULY_MS + (index % 7) * DAY_MS }),
    );
    await storeUsage(test.warehouse, rows);
    await Promise.all([test.warehouse.withdrawCopies(), other.withdrawCopies()]);
    expect(await total(test.warehouse)).toMatchObject({ events: 100n });
    await other.close();
  });
});

describe('progress', () => {
  it('only grows, and is that of the slowest partition of the newest log', async () => {
    const { warehouse } = await server.fresh();
    expect(await warehouse.asOf()).toBeNull();
    await warehouse.recordProgress([
      { epoch: 1, partition: 0, asOfMs: 5_000 },
      { epoch: 1, partition: 1, asOfMs: 7_000 },
    ]);
    expect(await warehouse.asOf()).toBe(5_000);
    await warehouse.recordProgress([{ epoch: 1, partition: 0, asOfMs: 4_000 }]);
    expect(await warehouse.asOf()).toBe(5_000);
    await warehouse.recordProgress([{ epoch: 1, partition: 0, asOfMs: 9_000 }]);
    expect(await warehouse.asOf()).toBe(7_000);
    await warehouse.recordProgress([{ epoch: 2, partition: 0, asOfMs: 8_000 }]);
    expect(await warehouse.asOf()).toBe(8_000);
  });

  it('is not claimed for a log of which a partition was never reported', async () => {
    const { url, warehouse } = await server.fresh();
    const ofTwo = createClickHouseWarehouse({ url, logPartitions: 2 });
    try {
      await warehouse.recordProgress([{ epoch: 1, partition: 0, asOfMs: 5_000 }]);
      expect(await ofTwo.asOf()).toBeNull();
      await warehouse.recordProgress([{ epoch: 1, partition: 1, asOfMs: 6_000 }]);
      expect(await ofTwo.asOf()).toBe(5_000);
      await warehouse.recordProgress([{ epoch: 2, partition: 1, asOfMs: 9_000 }]);
      expect(await ofTwo.asOf()).toBe(5_000);
    } finally {
      await ofTwo.close();
    }
  });
});

interface Gate {
  readonly port: number;
  /** Puts something else of the same length into the next request that matches. */
  rewriteOnce(pattern: RegExp, replacement: string): void;
  close(): void;
}

/** A way to the server on which a request can be altered. */
async function startGate(targetPort: number): Promise<Gate> {
  let rewrite: { readonly pattern: RegExp; readonly replacement: string } | undefined;
  const sockets = new Set<Socket>();
  const gate: Server = createServer((incoming) => {
    const outgoing = connect(targetPort, '127.0.0.1');
    sockets.add(incoming).add(outgoing);
    for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy());
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
    outgoing.pipe(incoming);
    incoming.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      if (rewrite === undefined || !rewrite.pattern.test(text)) {
        outgoing.write(chunk);
        return;
      }
      outgoing.write(Buffer.from(text.replace(rewrite.pattern, rewrite.replacement), 'latin1'));
      rewrite = undefined;
    });
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  const address = gate.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');
  return {
    port: address.port,
    rewriteOnce: (pattern, replacement) => {
      rewrite = { pattern, replacement };
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      gate.close();
    },
  };
}
