// Remembers what texts came to, the latest of them, within a bound. Two generations: when the young one is full it becomes the
// old one, so that what is in use stays.

export class RecentCounts {
  private readonly weightMax: number;
  private readonly weightOf: (text: string) => number;
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private youngWeight = 0;

  /** @param weightMax of one generation, in what `weightOf` gives */
  constructor(weightMax: number, weightOf: (text: string) => number) {
    this.weightMax = weightMax;
    this.weightOf = weightOf;
  }

  get(text: string): number | undefined {
    const count = this.young.get(text);
    if (count !== undefined) return count;
    const oldCount = this.old.get(text);
    if (oldCount !== undefined) this.set(text, oldCount);
    return oldCount;
  }

  set(text: string, count: number): void {
    const weight = this.weightOf(text);
    if (this.youngWeight + weight > this.weightMax) {
      this.old = this.young;
      this.young = new Map();
      this.youngWeight = 0;
    }
    this.young.set(text, count);
    this.youngWeight += weight;
  }
}
