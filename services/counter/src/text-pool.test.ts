import { afterEach, expect, it } from 'vitest';
import { createTextPool, TASK_BYTES_MAX, type TextPool, type TextPoolOptions } from './text-pool.ts';

// A worker that does what its events say, to see what the pool makes of it; the real worker is tried on the built service.
const workerUrl = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    const index = new Int32Array(workerData.progress);
    parentPort.on('message', ({ bytes, ends }) => {
      const results = ends.map((end, at) => {
        Atomics.store(index, 0, at);
        const text = new TextDecoder().decode(bytes.subarray(at === 0 ? 0 : ends[at - 1], end)).trim();
        if (text === 'die') process.exit(1);
        if (text === 'hang') for (;;);
        if (text === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
        return { kind: 'dead', contentHash: 0n, code: 'malformed_json', detail: text };
      });
      parentPort.postMessage({ kind: 'done', assessments: results, comparisons: [{ encoding: 'gpt2', isSame: true }] });
    });
    parentPort.postMessage({ kind: 'ready' });
  `)}`,
);

let pool: TextPool;
let replaced: string[];
let compared: number;

function start(options: Partial<TextPoolOptions> = {}): TextPool {
  replaced = [];
  compared = 0;
  pool = createTextPool({
    ...{ workerUrl, size: 2, deadlineMs: 200, graceMs: 100, modelAliases: {}, compareEvery: 1 },
    ...{ onReplaced: (reason) => replaced.push(reason), onCompared: () => compared++ },
    ...options,
  });
  return pool;
}

afterEach(() => pool.close());

async function detailsOf(texts: readonly string[]): Promise<unknown> {
  const results = await pool.assess(texts.map((text) => new TextEncoder().encode(text)));
  return results.map((result) =>
    result.kind === 'dead' ? (result.code === 'count_timeout' ? result.code : result.detail) : '',
  );
}

it('answers each event, in order', async () => {
  start();
  expect(await detailsOf(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(pool.pending).toBe(0);
  expect(compared).toBe(1);
});

it('ends a worker that does not come back, gives its event up and counts the others', async () => {
  start();
  expect(await detailsOf(['a', 'hang', 'c'])).toEqual(['a', 'count_timeout', 'c']);
  expect(replaced).toHaveLength(1);
  expect(await detailsOf(['d'])).toEqual(['d']);
});

it('gives up the event that two workers died of, and counts the others', async () => {
  start();
  expect(await detailsOf(['a', 'die', 'c'])).toEqual(['a', 'count_timeout', 'c']);
  expect(replaced).toHaveLength(2);
});

it('leaves a worker to small texts while large ones are slow', async () => {
  start({ deadlineMs: 5_000 });
  const large = `slow${' '.repeat(TASK_BYTES_MAX)}`;
  const startedAt = performance.now();
  const slow = Promise.all([detailsOf([large]), detailsOf([large]), detailsOf([large])]);
  await detailsOf(['small']);
  expect(performance.now() - startedAt).toBeLessThan(550);
  await slow;
});

it('rejects what waits when it is closed', async () => {
  start({ deadlineMs: 5_000 });
  const waiting = expect(detailsOf(['slow'])).rejects.toThrow(/closed/);
  await pool.close();
  await waiting;
});
