// What `guard` throws when Tollgate says no: the model was not called.

import type { Denial, LimitStanding } from './authorization.ts';
import { TollgateError } from './tollgate-error.ts';

/** The use was refused, for whatever reason: `code` says it. */
export class Refused extends TollgateError {
  override readonly name: string = 'Refused';
  readonly denial: Denial;

  constructor(denial: Denial) {
    super({ code: denial.code, detail: denial.detail, status: 200 });
    this.denial = denial;
  }
}

/** A quota, a budget or a rate has no room for the request. */
export class LimitExceeded extends Refused {
  override readonly name = 'LimitExceeded';

  /** The limit that refused; null for a rate of the key, and for one that the caller may not see. */
  get limit(): LimitStanding | null {
    return this.denial.limit;
  }

  /** When the same request may be let through; null: nobody knows, or never. */
  get resetsAt(): Date | null {
    return this.denial.resetsAt;
  }
}

const LIMIT_CODES: ReadonlySet<string> = new Set(['quota_exceeded', 'spend_limit_exceeded', 'rate_limited']);

export function refusalOf(denial: Denial): Refused {
  return LIMIT_CODES.has(denial.code) ? new LimitExceeded(denial) : new Refused(denial);
}
