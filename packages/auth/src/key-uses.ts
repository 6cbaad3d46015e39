// When and from where each credential was last used: gathered in memory, written every few seconds. Nothing of it is done
// for a request but a look into a map; a process that is killed forgets what it has not written yet.

import type { Clock, Logger } from '@tollgate/runtime';
import type { Caller } from './authenticator.ts';

export interface KeyUseStore {
  /** Keeps the later of what is known and what is given. */
  noteUses(uses: readonly CredentialUse[]): Promise<void>;
}

export interface CredentialUse {
  readonly keyId: string;
  /** The id of the secret; the key's own for its access tokens. */
  readonly credentialId: string;
  readonly atMs: number;
  /** Null where it is not known. */
  readonly address: string | null;
}

export interface KeyUses {
  note(caller: Caller, address: string | null): void;
  /** Writes what is gathered. Rejects when that fails; then it is kept for the next time. */
  flush(): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface KeyUsesOptions {
  readonly store: KeyUseStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between two writes. */
  readonly intervalMs?: number;
  /** Credentials gathered at most; the uses of more of them are not noted until the next write. */
  readonly credentialsMax?: number;
}

const INTERVAL_MS = 2_000;
const CREDENTIALS_MAX = 20_000;

interface Use {
  readonly keyId: string;
  atMs: number;
  address: string | null;
}

export function createKeyUses(options: KeyUsesOptions): KeyUses {
  const { store, clock, logger, intervalMs = INTERVAL_MS, credentialsMax = CREDENTIALS_MAX } = options;
  let gathered = new Map<string, Use>();
  let writing = Promise.resolve();

  const write = async (): Promise<void> => {
    if (gathered.size === 0) return;
    const taken = gathered;
    gathered = new Map();
    try {
      await store.noteUses(Array.from(taken, ([credentialId, use]) => ({ credentialId, ...use })));
    } catch (error) {
      for (const [credentialId, use] of taken) {
        if (gathered.size < credentialsMax && !gathered.has(credentialId)) gathered.set(credentialId, use);
      }
      throw error;
    }
  };
  /** One write at a time, so that an older use never follows a newer one. */
  const flush = async (): Promise<void> => {
    const mine = writing.then(write);
    writing = mine.catch(() => undefined);
    await mine;
  };
  const timer = setInterval(() => {
    flush().catch((error: unknown) => logger.warn({ err: error }, 'the last uses of keys could not be written'));
  }, intervalMs);

  return {
    note({ keyId, credential }, address) {
      const credentialId = credential.kind === 'secret' ? credential.id : keyId;
      const use = gathered.get(credentialId);
      if (use !== undefined) {
        use.atMs = clock.now();
        use.address = address;
        return;
      }
      if (gathered.size < credentialsMax) gathered.set(credentialId, { keyId, atMs: clock.now(), address });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
