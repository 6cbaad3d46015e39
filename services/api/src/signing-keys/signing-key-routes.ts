// The operator's view of the signing keys, and the act of rotating them.

import type { PublicSigningKey } from '@tollgate/accounts';
import { signingKeyState, verifiesUntilMs } from '@tollgate/auth';
import { formatTimestamp, SIGNING_ALGORITHMS } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from '../audit.ts';
import { defineRoute, json, type Route } from '../route.ts';
import { orNull, Timestamp } from '../schemas.ts';
import type { SigningKeyKeeper } from './signing-key-keeper.ts';

const SigningKeySchema = Type.Object({
  kid: Type.String({ description: 'The JWK thumbprint (RFC 7638), as in the header of tokens.' }),
  algorithm: Type.Enum([...SIGNING_ALGORITHMS]),
  state: Type.Enum(['published', 'signing', 'verifying', 'retired'], {
    description:
      'A key is published before it signs, and verifies after it has signed, so that no valid token is refused.',
  }),
  created_at: Timestamp,
  signs_from: Timestamp,
  signs_until: orNull(Timestamp),
  verifies_until: orNull(Timestamp),
});

/** The youngest of them: those that are retired stay listed for long. */
const LISTED_MAX = 100;

interface SigningKeyRoutesOptions {
  readonly keeper: SigningKeyKeeper;
  readonly clock: Clock;
}

export function signingKeyRoutes({ keeper, clock }: SigningKeyRoutesOptions): readonly Route[] {
  const toJson = (key: PublicSigningKey) => {
    const untilMs = verifiesUntilMs(key);
    return {
      kid: key.id,
      algorithm: key.algorithm,
      state: signingKeyState(key, clock.now()),
      created_at: formatTimestamp(key.createdAtMs),
      signs_from: formatTimestamp(key.signsFromMs),
      signs_until: key.signsUntilMs === null ? null : formatTimestamp(key.signsUntilMs),
      verifies_until: Number.isFinite(untilMs) ? formatTimestamp(untilMs) : null,
    };
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/signing-keys',
      operationId: 'listSigningKeys',
      tag: 'Access tokens',
      summary: 'List the signing keys',
      description: 'What access tokens are signed with, the youngest first. Never their private halves.',
      scope: 'admin',
      success: { status: 200, schema: Type.Object({ data: Type.Array(SigningKeySchema) }) },
      async handle({ records }) {
        const keys = [...(await records.signingKeys())].reverse().slice(0, LISTED_MAX);
        return json(200, { data: keys.map(toJson) });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/signing-keys/rotate',
      operationId: 'rotateSigningKeys',
      tag: 'Access tokens',
      summary: 'Rotate the signing keys',
      description:
        'A new key is published at once and signs once every cache of the keys has it; tokens of the present one stay valid until they expire. With `retire_at_once`, for a key that has leaked, the new key signs at once and every token of the others is refused everywhere within a second.',
      scope: 'admin',
      body: Type.Object({ retire_at_once: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
      success: { status: 201, schema: SigningKeySchema },
      errors: ['conflict'],
      async handle({ caller, origin, body, records }) {
        const isEmergency = body.retire_at_once === true;
        const key = await keeper.rotate(records, { isEmergency });
        const act = {
          action: 'signing_key.rotated',
          customerId: null,
          subject: { type: 'signing_key', id: key.id },
          before: null,
          after: { algorithm: key.algorithm, retire_at_once: isEmergency },
        };
        await records.appendAudit(auditOf({ caller, origin }, act));
        return json(201, toJson(key));
      },
    }),
  ];
}
