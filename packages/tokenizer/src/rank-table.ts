// The merge ranks of an encoding, from the data that tiktoken ships: needed for long pieces only, so read when one comes.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { EncodingName } from './model-table.ts';

export interface RankTable {
  /** Each token's bytes, one character a byte, and its rank: the lower, the earlier it is merged. */
  readonly ranks: ReadonlyMap<string, number>;
  /** The length of the longest token. */
  readonly bytesMax: number;
}

const require = createRequire(import.meta.url);

/** Takes some 200 ms and 25 MB for o200k_base. */
export function loadRankTable(encoding: EncodingName): RankTable {
  const path = require.resolve(`tiktoken/encoders/${encoding}.json`);
  const data: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof data !== 'object' || data === null || !('bpe_ranks' in data) || typeof data.bpe_ranks !== 'string') {
    throw new Error(`tiktoken's data for ${encoding} has no ranks.`);
  }
  const ranks = new Map<string, number>();
  let bytesMax = 0;
  // Each line: `!`, the rank of its first token, and the tokens of that rank and the following, in base64.
  for (const line of data.bpe_ranks.split('\n')) {
    const [, first, ...tokens] = line.split(' ');
    tokens.forEach((token, index) => {
      const bytes = Buffer.from(token, 'base64').toString('latin1');
      ranks.set(bytes, Number(first) + index);
      bytesMax = Math.max(bytesMax, bytes.length);
    });
  }
  return { ranks, bytesMax };
}
