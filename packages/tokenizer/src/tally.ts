// A sum of tokens that remembers whether every rule that went into it is exact.

/** Counts a text in the encoding at hand. */
export type CountText = (text: string) => number;

export class Tally {
  tokens = 0;
  isExact = true;

  add(tokens: number): void {
    this.tokens += tokens;
  }

  /** For what no exact rule is known for. */
  addEstimate(tokens: number): void {
    this.tokens += tokens;
    this.isExact = false;
  }
}
