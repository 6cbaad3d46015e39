// What was read from the accounts store, remembered for as long as its changes are heard of: bounded, one read at a time
// for each key, and never trusted past the moment up to which the watch confirms that nothing was missed.

import { TollgateError } from '@tollgate/domain';
import { LRUCache } from 'lru-cache';

export interface Freshness {
  now(): number;
  /** Every change before this instant (milliseconds since the epoch) has been told to `forget`. */
  confirmedAtMs(): number;
}

export interface WatchedCacheOptions<Value> {
  readonly freshness: Freshness;
  /** Values remembered at most; the least used go first. */
  readonly valuesMax: number;
  /** The ids under which changes to the value are told. */
  readonly idsOf: (value: Value) => readonly string[];
}

interface Remembered<Value> {
  readonly value: Value;
  /** Before the read began, so that it is never newer than what was read. */
  readonly readAtMs: number;
}

interface Read<Value> {
  readonly promise: Promise<Value | null>;
  readonly changes: ChangesDuringRead;
}

interface ChangesDuringRead {
  readonly ids: Set<string>;
  mayHaveMissed: boolean;
}

/** How long something remembered holds once the watch is silent: the time in which a disabled key is refused everywhere. */
const TRUSTED_MS = 1_000;
/** How long it is remembered that there is nothing: spares the database the same wrong credential over and over. */
const ABSENT_MS = 5_000;
const ABSENT_MAX = 10_000;
/** Reads at once, and so what a start with an empty memory, or a flood of guesses, may ask of the database. */
const READS_MAX = 1_000;
/** What changes while it is read is read again, so many times at most. */
const ATTEMPTS_MAX = 5;

export class WatchedCache<Value extends object> {
  readonly #options: WatchedCacheOptions<Value>;
  readonly #remembered: LRUCache<string, Remembered<Value>>;
  /** When each key was found to have nothing. Apart, so that wrong credentials cannot push out the right ones. */
  readonly #absent = new LRUCache<string, number>({ max: ABSENT_MAX });
  readonly #keysOfId = new Map<string, Set<string>>();
  readonly #reads = new Map<string, Read<Value>>();

  constructor(options: WatchedCacheOptions<Value>) {
    this.#options = options;
    this.#remembered = new LRUCache({
      max: options.valuesMax,
      dispose: ({ value }, key) => this.#unlink(options.idsOf(value), key),
    });
  }

  /** Null: there is none. Undefined: not known, `read` it. */
  recall(key: string): Value | null | undefined {
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined && this.#isTrusted(remembered.readAtMs)) return remembered.value;
    const absentAtMs = this.#absent.get(key);
    if (absentAtMs !== undefined && this.#isRecent(absentAtMs, ABSENT_MS)) return null;
    return undefined;
  }

  /** Reads and remembers. Callers that ask for the same key meanwhile share the read. */
  read(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const running = this.#reads.get(key);
    if (running !== undefined) return running.promise;
    if (this.#reads.size >= READS_MAX) return Promise.reject(unavailable());
    const changes = { ids: new Set<string>(), mayHaveMissed: false };
    // Registered before it begins, so that no change can slip in between.
    const promise = Promise.resolve()
      .then(() => this.#load({ key, load, changes }))
      .finally(() => this.#reads.delete(key));
    this.#reads.set(key, { promise, changes });
    return promise;
  }

  /** Forgets what is known of this id; null: everything. */
  forget(id: string | null): void {
    for (const { changes } of this.#reads.values()) {
      if (id === null) changes.mayHaveMissed = true;
      else changes.ids.add(id);
    }
    if (id === null) {
      this.#remembered.clear();
      this.#absent.clear();
      return;
    }
    this.#absent.delete(id);
    for (const key of [...(this.#keysOfId.get(id) ?? [])]) this.#remembered.delete(key);
  }

  async #load(read: {
    readonly key: string;
    readonly load: () => Promise<Value | null>;
    readonly changes: ChangesDuringRead;
  }): Promise<Value | null> {
    const { key, load, changes } = read;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      changes.ids.clear();
      changes.mayHaveMissed = false;
      const readAtMs = this.#options.freshness.now();
      const value = await load();
      const ids = value === null ? [key] : this.#options.idsOf(value);
      if (changes.mayHaveMissed || ids.some((id) => changes.ids.has(id))) continue;
      this.#remember(key, value, readAtMs);
      return value;
    }
    throw unavailable();
  }

  #remember(key: string, value: Value | null, readAtMs: number): void {
    if (value === null) {
      this.#remembered.delete(key);
      this.#absent.set(key, readAtMs);
      return;
    }
    this.#absent.delete(key);
    this.#remembered.set(key, { value, readAtMs });
    for (const id of this.#options.idsOf(value)) {
      const keys = this.#keysOfId.get(id) ?? new Set();
      keys.add(key);
      this.#keysOfId.set(id, keys);
    }
  }

  #unlink(ids: readonly string[], key: string): void {
    for (const id of ids) {
      const keys = this.#keysOfId.get(id);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysOfId.delete(id);
    }
  }

  #isTrusted(readAtMs: number): boolean {
    return this.#isRecent(Math.max(readAtMs, this.#options.freshness.confirmedAtMs()), TRUSTED_MS);
  }

  /** An instant ahead of now is not recent either: the clock was set back, and nothing can be said of its age. */
  #isRecent(instantMs: number, withinMs: number): boolean {
    const ageMs = this.#options.freshness.now() - instantMs;
    return ageMs >= 0 && ageMs < withinMs;
  }
}

function unavailable(): TollgateError {
  return new TollgateError({
    code: 'unavailable',
    detail: 'What decides of this request cannot be looked up at this moment. Try again in a moment.',
    retryAfterSeconds: 1,
  });
}
