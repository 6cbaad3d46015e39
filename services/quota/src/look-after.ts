// Sees to it that an owner's counters are those that its limits ask for, and that what there is to tell of them is told.

import type { Limit } from '@tollgate/accounts';
import type { LimitCounters, LimitSurvey } from '@tollgate/limits';
import type { Logger } from '@tollgate/runtime';
import type { OwnerLimits, OwnersLimits } from './owner-limits.ts';
import { type RebuildParts, rebuildLimits } from './rebuild-limits.ts';
import type { CountedLimit, Teller } from './tell-of-limits.ts';

export interface LookParts extends RebuildParts {
  readonly counters: Pick<LimitCounters, 'begin' | 'finish' | 'survey' | 'remove'>;
  readonly limitsOf: OwnersLimits;
  readonly teller: Teller;
  readonly logger: Logger;
  readonly metrics: { readonly rebuilt: { inc(limits: number): void } };
}

/** What is counted of the owner's limits, once they are counted as they should be; null: there is no such owner. */
export async function lookAfter(parts: LookParts, owner: string): Promise<readonly CountedLimit[] | null> {
  const of = await parts.limitsOf.of(owner);
  const limits = of?.limits ?? [];
  let survey = await parts.counters.survey(owner, limits);
  if (await align(parts, { owner, of, survey })) survey = await parts.counters.survey(owner, limits);
  if (of === null) return null;
  const counted = limits.flatMap((limit, at): readonly CountedLimit[] => {
    const counter = survey.counters[at];
    return counter?.isKnown === true ? [{ limit, used: counter.used }] : [];
  });
  await parts.teller.tellNews(of, counted);
  return counted;
}

/** Whether anything had to be done. */
async function align(
  parts: LookParts,
  found: { readonly owner: string; readonly of: OwnerLimits | null; readonly survey: LimitSurvey },
): Promise<boolean> {
  const { counters, logger, metrics } = parts;
  const { owner, of, survey } = found;
  for (const limitId of survey.others) await counters.remove(owner, limitId);
  if (of === null) return false;
  const wanted: Limit[] = [];
  for (const [at, limit] of of.limits.entries()) {
    const counter = survey.counters[at];
    if (counter === undefined || (counter.isKnown && counter.definition === 'same')) continue;
    // What was counted is of another kind: better unknown for a moment than taken for what it is not.
    if (counter.isKnown && counter.definition === 'different') await counters.remove(owner, limit.id);
    wanted.push(limit);
  }
  if (wanted.length === 0) return false;
  await rebuildLimits(parts, of, wanted);
  metrics.rebuilt.inc(wanted.length);
  logger.info({ owner, limits: wanted.length }, 'counters of limits were rebuilt from the warehouse');
  return true;
}
