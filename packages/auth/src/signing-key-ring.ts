// The public keys by which this process verifies tokens: in memory, as fresh as the watch of the accounts store, and read
// again for a key id that is not among them, at a pace that a flood of invented ids cannot raise.

import { setTimeout as pause } from 'node:timers/promises';
import { type SigningAlgorithm, TollgateError } from '@tollgate/domain';
import { compactVerify, importJWK } from 'jose';
import type { PublicJwk } from './signing-key.ts';
import { type SigningKeyTimes, signingKeyState } from './signing-key-life.ts';
import { type Freshness, WatchedCache } from './watched-cache.ts';

/** A signing key as every process may know it. */
export interface StoredSigningKey extends SigningKeyTimes {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: PublicJwk;
}

export interface SigningKeyRing {
  /** True when the key is known and not retired, false when not, undefined when it must be looked up. Never waits. */
  vouches(keyId: string): boolean | undefined;
  /** Whether the token is signed by the key that its header names, with that key's algorithm. */
  verify(token: string, named: { readonly keyId: string; readonly algorithm: string }): Promise<boolean>;
  /** As `vouches`, for when that does not know. */
  confirms(keyId: string): Promise<boolean>;
  forget(id: string | null): void;
}

/** The id under which the watch tells of any change to the signing keys. */
const SIGNING_KEYS_ID = 'signing_keys';

/** Between two reads for the sake of unknown key ids. */
const READ_PAUSE_MS = 200;
/** Tokens with unknown key ids that wait for the next read. */
const WAITING_MAX = 1_000;

type VerifyingKey = Awaited<ReturnType<typeof importJWK>>;

interface RingKey extends StoredSigningKey {
  readonly verifyingKey: VerifyingKey;
}

interface Ring {
  readonly keys: ReadonlyMap<string, RingKey>;
}

export function createSigningKeyRing(options: {
  readonly load: () => Promise<readonly StoredSigningKey[]>;
  readonly freshness: Freshness;
}): SigningKeyRing {
  const { freshness } = options;
  const rings = new WatchedCache<Ring>({ freshness, valuesMax: 1, idsOf: () => [SIGNING_KEYS_ID] });
  let next: Promise<Ring> | undefined;
  let lastReadAtMs = Number.NEGATIVE_INFINITY;
  let waiting = 0;

  const read = async (): Promise<Ring> => {
    const ring = rings.recall(SIGNING_KEYS_ID) ?? (await rings.read(SIGNING_KEYS_ID, () => loadRing(options.load)));
    if (ring === null) throw new Error('a ring of keys was read and is not there');
    return ring;
  };

  /** What was committed before this call is in what it gives. Calls that come before the read begins share it. */
  const readAnew = async (): Promise<Ring> => {
    if (waiting >= WAITING_MAX) throw busy();
    waiting += 1;
    next ??= (async () => {
      await pause(Math.max(0, lastReadAtMs + READ_PAUSE_MS - performance.now()));
      next = undefined;
      lastReadAtMs = performance.now();
      rings.forget(SIGNING_KEYS_ID);
      return await read();
    })();
    try {
      return await next;
    } finally {
      waiting -= 1;
    }
  };

  const isUsable = (key: RingKey | undefined): key is RingKey =>
    key !== undefined && signingKeyState(key, freshness.now()) !== 'retired';

  return {
    vouches(keyId) {
      const ring = rings.recall(SIGNING_KEYS_ID);
      return ring == null ? undefined : isUsable(ring.keys.get(keyId));
    },
    async verify(token, { keyId, algorithm }) {
      const known = (await read()).keys.get(keyId) ?? (await readAnew()).keys.get(keyId);
      if (!isUsable(known) || known.algorithm !== algorithm) return false;
      return await compactVerify(token, known.verifyingKey, { algorithms: [known.algorithm] }).then(
        () => true,
        () => false,
      );
    },
    confirms: async (keyId) => isUsable((await read()).keys.get(keyId)),
    forget: (id) => rings.forget(id),
  };
}

async function loadRing(load: () => Promise<readonly StoredSigningKey[]>): Promise<Ring> {
  const stored = await load();
  const keys = await Promise.all(
    stored.map(async (key) => ({ ...key, verifyingKey: await importJWK({ ...key.publicJwk }, key.algorithm) })),
  );
  return { keys: new Map(keys.map((key) => [key.id, key])) };
}

function busy(): TollgateError {
  return new TollgateError({
    code: 'unavailable',
    detail: 'Too many tokens name signing keys that are not known yet. Try again in a moment.',
    retryAfterSeconds: 1,
  });
}
