// Dead letters by their ids, as far as the caller may see them.

import { type AcceptedRecord, decodeRecord } from '@tollgate/domain';
import type { DeadLetter, DeadLetterQueue } from '@tollgate/event-log';
import Type from 'typebox';
import type { CallContext } from './route.ts';
import { confinedTo } from './tenancy.ts';

export const LetterId = Type.String({ description: 'Where its record stood in the log: `epoch-partition-position`.' });
const LETTER_ID_SHAPE = /^\d{1,10}-\d{1,10}-\d{1,20}$/;

interface FoundLetter {
  readonly letter: DeadLetter;
  /** Undefined: no event can be read from it. */
  readonly record: AcceptedRecord | undefined;
}

/** A letter of another customer, and to anyone but the operator one that cannot be read, is not found. */
export async function findLetters(
  ids: readonly string[],
  { caller, deadLetters }: Pick<CallContext, 'caller'> & { readonly deadLetters: DeadLetterQueue },
): Promise<ReadonlyMap<string, FoundLetter>> {
  const own = confinedTo(caller);
  const letters = await deadLetters.find(ids.filter((id) => LETTER_ID_SHAPE.test(id)));
  return new Map(
    letters.flatMap((letter) => {
      const record = decodeRecord(letter.value);
      return own !== null && record?.customerId !== own ? [] : [[letter.id, { letter, record }]];
    }),
  );
}
