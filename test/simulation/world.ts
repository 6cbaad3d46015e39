// One process in which everything that could come at any time comes at a time that a seed decides: each answer of a server,
// each pause, each crash waits for its turn, and which turn is next is drawn. The same seed gives the same run.

export const START_MS = Date.UTC(2026, 6, 1, 23, 50);

/** What time may pass between two turns. */
const STEP_MAX_MS = 40;
/** A run that is longer than this goes round in circles. */
const TURNS_MAX = 200_000;

export class World {
  readonly random: () => number;
  nowMs = START_MS;
  readonly #waiting: (() => void)[] = [];

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** Resolves when its turn comes. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async turns(countMax: number): Promise<void> {
    for (let left = this.upTo(countMax); left > 0; left -= 1) await this.turn();
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** 0 to the number, which is among them. */
  upTo(max: number): number {
    return Math.floor(this.random() * (max + 1));
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.upTo(values.length - 1)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  /** Runs until nothing waits any more. */
  async run(): Promise<void> {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      await settled();
      if (this.#waiting.length === 0) return;
      const [next] = this.#waiting.splice(this.upTo(this.#waiting.length - 1), 1);
      this.nowMs += this.upTo(STEP_MAX_MS);
      next?.();
    }
    throw new Error(`the run did not end in ${TURNS_MAX} turns`);
  }
}

/** Everything that follows from the last turn has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Mulberry32: numbers in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
