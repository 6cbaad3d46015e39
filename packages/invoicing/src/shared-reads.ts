// Of acts on many customers in one transaction: what is the same for all of them is read once.

import type { Records } from './parts.ts';

export function sharedReads(records: Records): Records {
  return {
    ...records,
    organization: shared(() => records.organization()),
    sellerTerms: shared(() => records.sellerTerms()),
    meters: shared((page) => records.meters(page)),
    planVersion: shared((planId, version) => records.planVersion(planId, version)),
    appliedRerates: shared((span) => records.appliedRerates(span)),
    isRerateApplying: shared((span) => records.isRerateApplying(span)),
  };
}

function shared<Args extends readonly unknown[], Answer>(
  read: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const answer = answers.get(key) ?? read(...args);
    answers.set(key, answer);
    return answer;
  };
}
