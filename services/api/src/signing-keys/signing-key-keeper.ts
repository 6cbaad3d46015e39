// Keeps the signing keys: makes the first one, follows one by the next in time, erases private keys that are done, and
// seals them anew when the secret that seals has changed. One process at a time does it.

import type { AccountRecords, Accounts, SigningKey } from '@tollgate/accounts';
import { createSigningKey, type KeySeal, signingKeyState } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { contextOf, openSigningKey } from './open-signing-key.ts';
import { isDoneSigning, isRotationDue, nextKeyOf, type RotationRules, signsFrom } from './rotation.ts';

export interface SigningKeyKeeper {
  /** Does what is due. */
  keep(): Promise<void>;
  /** Makes a new key in the transaction of `records`. In an emergency it signs at once, and all others are retired. */
  rotate(records: AccountRecords, options: { readonly isEmergency: boolean }): Promise<SigningKey>;
}

export interface SigningKeyKeeperOptions {
  readonly accounts: Accounts;
  readonly rules: RotationRules;
  readonly seal: KeySeal;
  readonly clock: Clock;
}

export function createSigningKeyKeeper(options: SigningKeyKeeperOptions): SigningKeyKeeper {
  const { accounts, rules, seal, clock } = options;

  const makeKey = async (records: AccountRecords, signsFromMs: number): Promise<SigningKey> => {
    const { privateKey, ...made } = await createSigningKey(rules.algorithm);
    const key: SigningKey = {
      ...made,
      createdAtMs: clock.now(),
      signsFromMs,
      signsUntilMs: null,
      tokenLifeMaxMs: rules.tokenLifeMs,
      retiredAtMs: null,
      sealedPrivateKey: seal.seal(privateKey, contextOf(made.id)),
    };
    await records.createSigningKey(key);
    return key;
  };

  const rotate: SigningKeyKeeper['rotate'] = async (records, { isEmergency }) => {
    await records.lockSigningKeys();
    const nowMs = clock.now();
    const keys = (await records.signingKeys()).filter((key) => signingKeyState(key, nowMs) !== 'retired');
    if (!isEmergency && nextKeyOf(keys, nowMs) !== undefined) throw onItsWay();
    const signsFromMs = signsFrom(keys, { rules, nowMs, isEmergency });
    for (const key of keys) {
      if (isEmergency) await records.changeSigningKey(key.id, { retiredAtMs: nowMs, sealedPrivateKey: null });
      else if (key.signsUntilMs === null) await records.changeSigningKey(key.id, { signsUntilMs: signsFromMs });
    }
    return await makeKey(records, signsFromMs);
  };

  return {
    rotate,
    async keep() {
      await accounts.transaction(async (records) => {
        await records.lockSigningKeys();
        const nowMs = clock.now();
        const keys = await records.signingKeys();
        for (const key of keys) {
          const changes = upkeepOf(key, { rules, seal, nowMs });
          if (Object.keys(changes).length > 0) await records.changeSigningKey(key.id, changes);
        }
        if (!isRotationDue(keys, rules, nowMs)) return;
        const key = await rotate(records, { isEmergency: false });
        await records.appendAudit({
          action: 'signing_key.created',
          actor: { keyId: null },
          customerId: null,
          subject: { type: 'signing_key', id: key.id },
          origin: null,
          before: null,
          after: { algorithm: key.algorithm },
        });
      });
    },
  };
}

type Changes = Parameters<AccountRecords['changeSigningKey']>[1];

function upkeepOf(
  key: SigningKey,
  { rules, seal, nowMs }: { readonly rules: RotationRules; readonly seal: KeySeal; readonly nowMs: number },
): Changes {
  if (key.sealedPrivateKey === null) return {};
  if (isDoneSigning(key, nowMs)) return { sealedPrivateKey: null };
  // Opened also where nothing changes: a start with the wrong secrets should fail at once, not when the key is to sign.
  const privateKey = openSigningKey(key, seal);
  return {
    ...(seal.isCurrent(key.sealedPrivateKey) ? {} : { sealedPrivateKey: seal.seal(privateKey, contextOf(key.id)) }),
    ...(key.tokenLifeMaxMs >= rules.tokenLifeMs ? {} : { tokenLifeMaxMs: rules.tokenLifeMs }),
  };
}

function onItsWay(): TollgateError {
  return new TollgateError({
    code: 'conflict',
    detail: 'A new signing key is published already and signs soon. Wait for it, or rotate in an emergency.',
  });
}
