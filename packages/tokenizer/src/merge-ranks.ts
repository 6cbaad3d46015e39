// Byte-pair merging in near-linear time. tiktoken looks through the whole piece for each merge, which takes 12 s for 100 kB
// without a break and traps at a million characters; the result here is the same: always the pair of the lowest rank, the
// leftmost of equals.
//
// The parts of the piece are a linked list. Pairs wait in one bucket per rank, and a heap holds the ranks that have a
// bucket. A merge makes longer pairs only, so the bucket that is being worked off never grows; should a lower rank turn
// up, what is left of the bucket waits again.

import type { RankTable } from './rank-table.ts';

const NONE = -1;
const STEPS_PER_CHECK = 0x3fff;

/**
 * How many tokens a piece becomes.
 * @param piece one character a byte
 * @param checkDeadline called now and then; it throws to give up
 */
export function countMergedTokens(piece: string, table: RankTable, checkDeadline: () => void): number {
  if (piece.length < 2 || table.ranks.has(piece)) return Math.min(piece.length, 1);
  return new Merging(piece, table).run(checkDeadline);
}

class Merging {
  private readonly piece: string;
  private readonly table: RankTable;
  /** By the position of a part's first byte: where the next part begins, where the part before begins. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** The rank of the pair that the part makes with the next one. */
  private readonly pairRank: Int32Array;
  private readonly buckets = new Map<number, number[]>();
  private readonly waitingRanks = new RankHeap();

  constructor(piece: string, table: RankTable) {
    this.piece = piece;
    this.table = table;
    this.next = new Int32Array(piece.length);
    this.previous = new Int32Array(piece.length);
    this.pairRank = new Int32Array(piece.length);
  }

  run(checkDeadline: () => void): number {
    for (let at = 0; at < this.piece.length; at++) {
      this.next[at] = at + 1;
      this.previous[at] = at - 1;
    }
    for (let at = 0; at < this.piece.length; at++) {
      if ((at & STEPS_PER_CHECK) === 0) checkDeadline();
      this.rankPairAt(at);
    }

    let parts = this.piece.length;
    for (let rank = this.waitingRanks.pop(); rank !== undefined; rank = this.waitingRanks.pop()) {
      const positions = ascending(this.buckets.get(rank) ?? []);
      this.buckets.delete(rank);
      for (let index = 0; index < positions.length; index++) {
        const at = positions[index] ?? NONE;
        if (this.pairRank[at] !== rank) continue; // One of its parts was merged otherwise.
        const lowest = this.mergePairAt(at);
        parts--;
        if ((parts & STEPS_PER_CHECK) === 0) checkDeadline();
        if (lowest < rank) {
          for (const waiting of positions.slice(index + 1)) this.wait(waiting, rank);
          break;
        }
      }
    }
    return parts;
  }

  /** The lowest rank among the pairs that the merge made. */
  private mergePairAt(at: number): number {
    const middle = this.next[at] ?? NONE;
    const end = this.next[middle] ?? NONE;
    this.next[at] = end;
    if (end < this.piece.length) this.previous[end] = at;
    this.pairRank[middle] = NONE;
    const before = this.previous[at] ?? NONE;
    return Math.min(this.rankPairAt(at), before === NONE ? Number.POSITIVE_INFINITY : this.rankPairAt(before));
  }

  private rankPairAt(at: number): number {
    const middle = this.next[at] ?? NONE;
    const end = middle < this.piece.length ? (this.next[middle] ?? NONE) : NONE;
    const isPossible = end !== NONE && end - at <= this.table.bytesMax;
    const rank = isPossible ? this.table.ranks.get(this.piece.slice(at, end)) : undefined;
    this.pairRank[at] = rank ?? NONE;
    if (rank === undefined) return Number.POSITIVE_INFINITY;
    this.wait(at, rank);
    return rank;
  }

  private wait(at: number, rank: number): void {
    const bucket = this.buckets.get(rank);
    if (bucket !== undefined) {
      bucket.push(at);
      return;
    }
    this.buckets.set(rank, [at]);
    this.waitingRanks.push(rank);
  }
}

function ascending(positions: readonly number[]): readonly number[] | Int32Array {
  const isAscending = positions.every((at, index) => index === 0 || at > (positions[index - 1] ?? NONE));
  return isAscending ? positions : Int32Array.from(positions).sort();
}

/** A binary min-heap of ranks. */
class RankHeap {
  private readonly ranks: number[] = [];

  push(rank: number): void {
    let at = this.ranks.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentRank = this.ranks[parent] ?? 0;
      if (parentRank <= rank) break;
      this.ranks[at] = parentRank;
      at = parent;
    }
    this.ranks[at] = rank;
  }

  pop(): number | undefined {
    const lowest = this.ranks[0];
    const last = this.ranks.pop();
    const size = this.ranks.length;
    if (last === undefined || size === 0) return lowest;
    let at = 0;
    while (2 * at + 1 < size) {
      const left = 2 * at + 1;
      const leftRank = this.ranks[left] ?? 0;
      const rightRank = this.ranks[left + 1] ?? Number.POSITIVE_INFINITY;
      const child = rightRank < leftRank ? left + 1 : left;
      const childRank = Math.min(leftRank, rightRank);
      if (childRank >= last) break;
      this.ranks[at] = childRank;
      at = child;
    }
    this.ranks[at] = last;
    return lowest;
  }
}
