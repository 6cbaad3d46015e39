// A network that fails on demand: stands between two processes on this machine, and delays, throttles, swallows, resets or cuts
// what goes through, or lets a request through and loses its answer.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether a piece of what is sent to the server is meant. */
type Matches = (sent: Buffer) => boolean;

export interface TcpProxy {
  readonly port: number;
  /** Where the server listens on this machine; before, every connection is reset. */
  connectTo(port: number): void;
  /** Every piece takes so much longer, in both directions. */
  delay(delayMs: number): void;
  /** So much goes through each connection in each direction. */
  throttle(bytesPerSecond: number): void;
  /** Connections stay open, and nothing gets through any more. */
  swallow(): void;
  /** All connections are reset, and every new one. */
  cut(): void;
  /** All connections are reset; new ones work. */
  reset(): void;
  /** Answers to so many of the matching requests that are still to come are lost: the request arrives, the connection is reset. */
  loseAnswers(count: number, matches: Matches): void;
  answersLost(): number;
  /** Resolves when something matching has come, which goes on only when `act` is done. */
  interrupt(matches: Matches, act: () => Promise<void>): Promise<void>;
  /** All is well again; what was swallowed arrives. */
  heal(): void;
  close(): Promise<void>;
}

/** What waits for its turn in one direction of a connection; past it the sender has to wait. */
const WAITING_BYTES_MAX = 1 << 20;
/** So small that a throttled connection trickles. */
const PIECE_BYTES = 256;

interface Weather {
  delayMs: number;
  bytesPerSecond: number;
  /** Aborted when the weather changes, so that nothing waits for what is over. */
  readonly change: AbortController;
  isSwallowing: boolean;
  isCut: boolean;
}

const fine = (): Weather => ({
  ...{ delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, change: new AbortController() },
  ...{ isSwallowing: false, isCut: false },
});

export async function startTcpProxy(): Promise<TcpProxy> {
  let weather = fine();
  let target: number | undefined;
  let toLose = { count: 0, matches: (_: Buffer) => false };
  let lost = 0;
  const interrupts: { readonly matches: Matches; readonly act: () => Promise<void>; readonly done: () => void }[] = [];
  const pairs = new Set<readonly [Socket, Socket]>();

  const turn = (next: Partial<Weather>): void => {
    const before = weather;
    weather = { ...fine(), ...next };
    before.change.abort();
  };

  const reset = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };

  /** Until the piece may go on. */
  const travel = async (arrivedAtMs: number, bytes: number): Promise<void> => {
    for (;;) {
      const { change, isSwallowing, delayMs, bytesPerSecond } = weather;
      const dueInMs = arrivedAtMs + delayMs - Date.now();
      try {
        if (isSwallowing) await once(change.signal, 'abort');
        else await pause(Math.max(0, dueInMs) + (bytes * 1_000) / bytesPerSecond, undefined, { signal: change.signal });
      } catch (error) {
        if (!change.signal.aborted) throw error;
      }
      if (!change.signal.aborted) return;
    }
  };
  const isFine = (): boolean =>
    weather.delayMs === 0 && weather.bytesPerSecond === Number.POSITIVE_INFINITY && !weather.isSwallowing;

  /** Passes on what comes, in order. */
  const pass = (from: Socket, to: Socket, onPiece: (piece: Buffer) => Promise<boolean> | boolean): void => {
    let waiting = 0;
    let last = Promise.resolve();
    const send = async (piece: Buffer, arrivedAtMs: number): Promise<void> => {
      if (!isFine()) await travel(arrivedAtMs, piece.byteLength);
      if (!(await onPiece(piece)) || to.destroyed) return;
      if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    };
    from.on('data', (data: Buffer) => {
      const arrivedAtMs = Date.now();
      waiting += data.byteLength;
      if (waiting > WAITING_BYTES_MAX) from.pause();
      const size = weather.bytesPerSecond === Number.POSITIVE_INFINITY ? data.byteLength : PIECE_BYTES;
      for (let at = 0; at < data.byteLength; at += size) {
        last = last.then(() => send(data.subarray(at, at + size), arrivedAtMs));
      }
      last = last.then(() => {
        waiting -= data.byteLength;
        if (waiting <= WAITING_BYTES_MAX) from.resume();
      });
      last.catch(() => from.destroy());
    });
    from.on('end', () => void last.then(() => to.end()).catch(() => undefined));
  };

  const accept = (client: Socket): void => {
    if (weather.isCut || target === undefined) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    client.setNoDelay(true);
    const pair = [client, server] as const;
    pairs.add(pair);
    let isDoomed = false;
    let isLost = false;
    for (const [one, other] of [pair, [server, client] as const]) {
      // A reset shows as an error; what follows from it is in `close`.
      one.on('error', () => undefined);
      one.on('close', (hadError) => {
        // Nobody waited for the answer any more: another one is lost in its place.
        if (pairs.delete(pair) && isDoomed && !isLost) toLose.count += 1;
        if (hadError) other.resetAndDestroy();
        else other.end();
      });
    }
    pass(client, server, async (sent) => {
      for (const each of interrupts.filter(({ matches }) => matches(sent))) {
        interrupts.splice(interrupts.indexOf(each), 1);
        await each.act();
        each.done();
      }
      if (!isDoomed && toLose.count > 0 && toLose.matches(sent)) {
        toLose.count -= 1;
        isDoomed = true;
      }
      return true;
    });
    pass(server, client, () => {
      if (!isDoomed) return true;
      if (!isLost && !client.destroyed) {
        isLost = true;
        lost += 1;
      }
      client.resetAndDestroy();
      // Not reset: whatever the server has not read yet is read.
      server.end();
      return false;
    });
  };

  const listener = createServer({ allowHalfOpen: true }, accept).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    connectTo(port) {
      target = port;
    },
    delay: (delayMs) => turn({ delayMs }),
    throttle: (bytesPerSecond) => turn({ bytesPerSecond }),
    swallow: () => turn({ isSwallowing: true }),
    cut() {
      turn({ isCut: true });
      reset();
    },
    reset,
    loseAnswers(count, matches) {
      toLose = { count, matches };
    },
    answersLost: () => lost,
    interrupt: (matches, act) => new Promise((done) => interrupts.push({ matches, act, done })),
    heal: () => turn({}),
    async close() {
      turn({});
      reset();
      listener.close();
      await once(listener, 'close');
    },
  };
}
