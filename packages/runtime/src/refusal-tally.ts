// Refused requests, counted by minute, code, source and key in bounded memory, and handed on every so often. Whoever sends
// from ever new addresses fills the memory of one minute and no more: what comes past it is counted under one name.

import type { Clock } from './clock.ts';

export interface Refusal {
  readonly code: string;
  /** The sender's address. */
  readonly address: string;
  /** Null where the credential did not say, or was none. */
  readonly keyId: string | null;
}

export interface RefusalCount {
  /** The beginning of the minute, in milliseconds since the epoch. */
  readonly minuteMs: number;
  readonly service: string;
  readonly code: string;
  /** An address, a network, or `OTHER_SOURCES`. */
  readonly source: string;
  readonly keyId: string | null;
  readonly count: bigint;
}

/** What stands for all sources past the bound. */
export const OTHER_SOURCES = 'other';

const MINUTE_MS = 60_000;
/** Sources by code and key that are told apart in one minute. */
const CELLS_MAX = 1_000;

interface Cell {
  readonly code: string;
  readonly source: string;
  readonly keyId: string | null;
  /** Not yet handed on. */
  count: number;
}

export interface RefusalTallyOptions {
  readonly service: string;
  readonly clock: Clock;
  /** What of an address is held to account: an address of v6 stands for its network. */
  readonly sourceOf: (address: string) => string;
  readonly cellsMax?: number;
}

export class RefusalTally {
  readonly #options: RefusalTallyOptions;
  #minuteMs = 0;
  /** Kept for the whole minute, so that handing on does not make room for more. */
  #cells = new Map<string, Cell>();
  /** Of minutes that are over, and of what could not be handed on. */
  #waiting: RefusalCount[] = [];

  constructor(options: RefusalTallyOptions) {
    this.#options = options;
  }

  note({ code, address, keyId }: Refusal): void {
    const { clock, sourceOf, cellsMax = CELLS_MAX } = this.#options;
    this.#turnTo(Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS);
    const source = sourceOf(address);
    const cell =
      this.#cells.get(nameOf(code, source, keyId)) ??
      (this.#cells.size < cellsMax ? this.#add(code, source, keyId) : this.#add(code, OTHER_SOURCES, null));
    cell.count += 1;
  }

  /** Hands on what was counted; when `write` fails, it is handed on the next time. */
  async handOn(write: (counts: readonly RefusalCount[]) => Promise<void>): Promise<void> {
    this.#put();
    const counts = this.#waiting;
    if (counts.length === 0) return;
    this.#waiting = [];
    try {
      await write(counts);
    } catch (error) {
      this.#waiting = folded([...counts, ...this.#waiting], this.#options.cellsMax ?? CELLS_MAX);
      throw error;
    }
  }

  /** One name past the bound for each code, of which there are few. */
  #add(code: string, source: string, keyId: string | null): Cell {
    const name = nameOf(code, source, keyId);
    const cell = this.#cells.get(name) ?? { code, source, keyId, count: 0 };
    this.#cells.set(name, cell);
    return cell;
  }

  #turnTo(minuteMs: number): void {
    if (minuteMs === this.#minuteMs) return;
    this.#put();
    this.#cells.clear();
    this.#minuteMs = minuteMs;
  }

  #put(): void {
    for (const cell of this.#cells.values()) {
      if (cell.count === 0) continue;
      const { code, source, keyId, count } = cell;
      const { service } = this.#options;
      this.#waiting.push({ minuteMs: this.#minuteMs, service, code, source, keyId, count: BigInt(count) });
      cell.count = 0;
    }
  }
}

function nameOf(code: string, source: string, keyId: string | null): string {
  return `${code} ${source} ${keyId ?? ''}`;
}

/** While the database is away, minutes pile up: then the same cells are added up, and past twice the bound sources are given up. */
function folded(counts: readonly RefusalCount[], cellsMax: number): RefusalCount[] {
  const sums = new Map<string, RefusalCount>();
  const add = (count: RefusalCount): void => {
    const name = `${count.minuteMs} ${nameOf(count.code, count.source, count.keyId)}`;
    const sum = sums.get(name);
    sums.set(name, { ...count, count: count.count + (sum?.count ?? 0n) });
  };
  for (const count of counts) {
    if (sums.size < 2 * cellsMax) add(count);
    else add({ ...count, minuteMs: counts[0]?.minuteMs ?? count.minuteMs, source: OTHER_SOURCES, keyId: null });
  }
  return [...sums.values()];
}
