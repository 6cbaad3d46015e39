// Leaves a server alone that failed some times in a row: nothing is sent for a while, then one call tries whether it is back.

export interface CircuitBreakerOptions {
  /** Milliseconds of any clock that only goes forward. */
  readonly now: () => number;
  readonly failuresMax: number;
  readonly pauseMs: number;
  /** Told once when the server is taken for away, and once when it is back. */
  readonly onChange: (state: 'away' | 'back', error: unknown) => void;
}

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #failures = 0;
  #closedUntilMs = 0;
  #isTrying = false;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#failures >= this.#options.failuresMax;
  }

  /** Asked before each call; true: make it, and say how it went. */
  admits(): boolean {
    if (!this.isAway) return true;
    if (this.#isTrying || this.#options.now() < this.#closedUntilMs) return false;
    this.#isTrying = true;
    return true;
  }

  succeeded(): void {
    const wasAway = this.isAway;
    this.#failures = 0;
    this.#isTrying = false;
    if (wasAway) this.#options.onChange('back', undefined);
  }

  failed(error: unknown): void {
    const wasAway = this.isAway;
    this.#failures += 1;
    this.#isTrying = false;
    if (!this.isAway) return;
    this.#closedUntilMs = this.#options.now() + this.#options.pauseMs;
    if (!wasAway) this.#options.onChange('away', error);
  }

  /** The server is there again: the next call need not wait. */
  letTry(): void {
    this.#closedUntilMs = 0;
  }
}
