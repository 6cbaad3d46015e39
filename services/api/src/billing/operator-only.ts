// On what terms customers are billed, the operator says alone.

import { TollgateError } from '@tollgate/domain';
import type { CallContext } from '../route.ts';
import { confinedTo } from '../tenancy.ts';

export function mustBeOperator({ caller }: Pick<CallContext, 'caller'>): void {
  if (confinedTo(caller) === null) return;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: "The operator alone says on what terms customers are billed. Use one of the operator's keys.",
  });
}
