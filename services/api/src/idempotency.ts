// `Idempotency-Key`: the same request sent again gets the first answer and has no second effect. Answers are kept for a
// day, encrypted under a key that is not in the database, since one of them may show a secret.

import { createHash } from 'node:crypto';
import type { AccountRecords, Accounts } from '@tollgate/accounts';
import { type Caller, createKeySeal } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';

const KEPT_FOR_MS = 24 * 60 * 60 * 1_000;
const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;

interface KeptAnswer {
  readonly status: number;
  readonly text: string;
}

interface IdempotentCall {
  readonly caller: Caller;
  /** The header's value. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array | undefined;
}

export interface Idempotency {
  answer(
    call: IdempotentCall,
    work: (records: AccountRecords) => Promise<KeptAnswer>,
  ): Promise<{ readonly answer: KeptAnswer; readonly isReplayed: boolean }>;
}

interface IdempotencyOptions {
  readonly accounts: Accounts;
  /** The current one first: answers are sealed under a key derived from it, and opened by each. */
  readonly peppers: readonly string[];
}

export function createIdempotency({ accounts, peppers }: IdempotencyOptions): Idempotency {
  const seal = createKeySeal(peppers, 'idempotent-answers');
  return {
    async answer(call, work) {
      const { caller, key } = call;
      if (!KEY_SHAPE.test(key)) throw invalidKey();
      // Bound to its row: an answer that was moved to another key or caller does not open.
      const callerId = callerIdOf(caller);
      const context = `${callerId}/${key}`;
      const outcome = await accounts.idempotently(
        { callerId, key, requestHash: hashOf(call), keptForMs: KEPT_FOR_MS },
        async (records) => seal.seal(Buffer.from(JSON.stringify(await work(records))), context),
      );
      switch (outcome.state) {
        case 'in_use':
          throw keyInUse();
        case 'reused':
          throw keyReused();
        case 'done':
        case 'replayed': {
          const opened = seal.open(outcome.answer, context);
          if (opened === null) throw answerGone();
          const answer: KeptAnswer = JSON.parse(Buffer.from(opened).toString());
          return { answer, isReplayed: outcome.state === 'replayed' };
        }
      }
    },
  };
}

/** Of sessions each its own: those that one operator's key opened for several customers share the key. */
function callerIdOf({ keyId, credential }: Caller): string {
  return credential.kind === 'session' ? credential.id : keyId;
}

function hashOf({ method, path, body }: IdempotentCall): Uint8Array {
  return createHash('sha256')
    .update(`${method} ${path}\n`)
    .update(body ?? '')
    .digest();
}

function invalidKey(): TollgateError {
  return new TollgateError({
    code: 'invalid_request',
    detail: 'An Idempotency-Key has 1 to 255 visible ASCII characters.',
  });
}

function keyInUse(): TollgateError {
  return new TollgateError({
    code: 'idempotency_key_in_use',
    detail: 'A request with this Idempotency-Key is being worked on. Send it again in a moment to get its answer.',
    retryAfterSeconds: 1,
  });
}

function keyReused(): TollgateError {
  return new TollgateError({
    code: 'idempotency_key_reused',
    detail: 'This Idempotency-Key was used for another request. Use a new one.',
  });
}

/** Its effect stands, so it is not done again. */
function answerGone(): TollgateError {
  return new TollgateError({
    code: 'conflict',
    detail:
      'This request was carried out, but the secret that its answer was kept under has been replaced since. Look for what it made, or use a new Idempotency-Key.',
  });
}
