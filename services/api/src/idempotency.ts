// `Idempotency-Key`: the same request sent again gets the first answer and has no second effect. Answers are kept for a
// day, encrypted under a key that is not in the database, since one of them may show a secret.

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { AccountRecords, Accounts } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';

const KEPT_FOR_MS = 24 * 60 * 60 * 1_000;
const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

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

export function createIdempotency(options: { readonly accounts: Accounts; readonly pepper: string }): Idempotency {
  const { accounts } = options;
  const sealKey = Buffer.from(hkdfSync('sha256', options.pepper, '', 'tollgate/idempotent-answers', 32));
  return {
    async answer(call, work) {
      const { caller, key } = call;
      if (!KEY_SHAPE.test(key)) throw invalidKey();
      // Bound to its row: an answer that was moved to another key or caller does not open.
      const context = Buffer.from(`${caller.keyId}/${key}`);
      const outcome = await accounts.idempotently(
        { callerId: caller.keyId, key, requestHash: hashOf(call), keptForMs: KEPT_FOR_MS },
        async (records) => seal(JSON.stringify(await work(records)), { sealKey, context }),
      );
      switch (outcome.state) {
        case 'in_use':
          throw keyInUse();
        case 'reused':
          throw keyReused();
        case 'done':
        case 'replayed': {
          const answer: KeptAnswer = JSON.parse(open(outcome.answer, { sealKey, context }));
          return { answer, isReplayed: outcome.state === 'replayed' };
        }
      }
    },
  };
}

function hashOf({ method, path, body }: IdempotentCall): Uint8Array {
  return createHash('sha256')
    .update(`${method} ${path}\n`)
    .update(body ?? '')
    .digest();
}

interface Seal {
  readonly sealKey: Uint8Array;
  readonly context: Uint8Array;
}

/** nonce | ciphertext | tag */
function seal(text: string, { sealKey, context }: Seal): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, sealKey, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function open(sealed: Uint8Array, { sealKey, context }: Seal): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, sealKey, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
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
