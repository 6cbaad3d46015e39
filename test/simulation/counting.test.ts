// The core of counting and settling, in one process, under everything that can come in between: seeds decide what. A seed that
// fails is in the message, and runs alone with `SIMULATION_SEED`; `SIMULATION_SEEDS` says how many are run.

import process from 'node:process';
import { describe, expect, it, vi } from 'vitest';
import type { PlantedBug } from './servers.ts';
import { simulate } from './simulate.ts';

vi.mock('node:timers/promises', () => import('./pauses.ts'));

const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 500);
const ONE = process.env['SIMULATION_SEED'];

describe('counting and settling', () => {
  it(
    'store each event once and count it once, whatever dies, hangs or comes twice',
    async () => {
      const seeds = ONE === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed) : [Number(ONE)];
      for (const seed of seeds) {
        const findings = await simulate({ seed });
        expect(findings, `SIMULATION_SEED=${seed}`).toEqual([]);
      }
    },
    30 * 60_000,
  );

  it.each<PlantedBug>(['commit_before_insert', 'settle_twice', 'last_copy_wins'])('%s is found', async (bug) => {
    for (let seed = 0; seed < 50; seed += 1) if ((await simulate({ seed, bug })).length > 0) return;
    expect.fail(`${bug} was found in none of 50 seeds`);
  });
});
