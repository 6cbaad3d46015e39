// The port of the accounts store: who is billed, who may call, and what each key may do.

import type { JsonObject, Meter, Scope, SigningAlgorithm, WebhookType } from '@tollgate/domain';
import type {
  ApiKey,
  CredentialUse,
  KeyBySecret,
  KeyFilter,
  KeyRotation,
  KeySecret,
  LastUse,
  MovedSecret,
  NewKeySecret,
  PepperUse,
  StoredApiKey,
} from './api-key.ts';
import type { BillingTermRecords } from './billing-terms.ts';
import type { InvoiceRecords } from './invoices.ts';
import type { KeyActivityRecords } from './key-activity.ts';
import type { LimitRecords } from './limits.ts';
import type { OperationRecords } from './operations.ts';
import type { PricePlace, PriceRecords, PriceVersions } from './prices.ts';
import type { RefusalRecords } from './refusals.ts';
import type { RerateRecords } from './rerates.ts';
import type { SessionRecords } from './sessions.ts';
import type { WebhookRecords } from './webhooks.ts';

/** The operator: one per deployment. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA time zone. */
  readonly zone: string;
  readonly createdAtMs: number;
}

interface OperatorKeyReset {
  readonly label: string;
  readonly keyId: string;
  readonly madeAtMs: number;
}

export interface Customer {
  readonly id: string;
  readonly name: string;
  /** The operator's own id for the customer; unique where set. */
  readonly externalId: string | null;
  readonly currency: string;
  /** IANA time zone, as of its last move. */
  readonly zone: string;
  /** 1 to 31, as of its last move: when its billing period begins; in a shorter month, on the last day. */
  readonly billingDay: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Since when its keys are refused; null: they are not. */
  readonly suspendedAtMs: number | null;
  readonly suspensionReason: string | null;
  readonly keyPolicy: KeyPolicy;
  readonly createdAtMs: number;
}

/** What a customer's own keys may do with the customer's keys. */
export interface KeyPolicy {
  /** Keys that the customer may have at most by making them itself. */
  readonly keysMax: number;
  /** The scopes that may be granted; null: all that the granting key holds. */
  readonly allowedScopes: readonly Scope[] | null;
}

export interface Project {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** One administrative act, for the audit log. Never with a secret in it. */
export interface AuditEntry {
  /** What was done, to what kind of thing: `key.created`. */
  readonly action: string;
  /** Null: the system itself, or somebody without a key. */
  readonly actor: { readonly keyId: string | null };
  /** Whose thing it is; null for the operator's. */
  readonly customerId: string | null;
  readonly subject: { readonly type: string; readonly id: string };
  /** Null for what no request asked for. */
  readonly origin: { readonly address: string; readonly requestId: string } | null;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly reason?: string;
  /** Names the fact where it may be reported more than once: the first entry with this name stays the only one. */
  readonly fact?: string;
}

/** An entry as it stands in the log. */
export interface AuditLogEntry extends Required<Omit<AuditEntry, 'fact' | 'reason'>> {
  /** From 1, without gaps. */
  readonly sequence: bigint;
  readonly atMs: number;
  readonly reason: string | null;
  /** In hexadecimal; made over the entry and the hash of the one before it. */
  readonly hash: string;
}

/** What is left out filters nothing. */
export interface AuditQuestion {
  readonly actions?: readonly string[];
  readonly customerId?: string;
  readonly subjectTypes?: readonly string[];
  readonly subjectId?: string;
  readonly actorKeyId?: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly order: 'newest_first' | 'oldest_first';
  readonly limit: number;
  /** The sequence after which to go on, in the order that is asked for. */
  readonly after?: bigint;
}

/** The last entry, which stands for all before it: noted elsewhere, it shows whether the log was cut short or rewritten. */
export interface AuditHead {
  /** 0 while the log is empty. */
  readonly sequence: bigint;
  readonly hash: string;
}

export type AuditVerdict =
  | { readonly kind: 'intact'; readonly head: AuditHead }
  | {
      readonly kind: 'broken';
      /** The first place where the log is not what was written. */
      readonly sequence: bigint;
      readonly reason:
        | 'missing'
        | 'altered'
        /** Hashed under a key that is not among the given ones: it cannot be told. */
        | 'unknown_key'
        | 'not_the_head'
        | 'beyond_the_head'
        /** Another entry than the one that was noted: the log was rewritten by somebody who has the key. */
        | 'not_the_anchor';
    };

/** Something that others are told of by webhook. */
export interface Fact {
  readonly type: WebhookType;
  /** Whose thing it is; null for what concerns the operator alone. */
  readonly customerId: string | null;
  readonly data: JsonObject;
}

/** What every process may know of a signing key: enough to verify. */
export interface PublicSigningKey {
  /** `kid`. */
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  /** The public half (RFC 7517). */
  readonly publicJwk: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** Until then it is only shown. */
  readonly signsFromMs: number;
  /** Null: no other key has been made to follow it. */
  readonly signsUntilMs: number | null;
  /** The longest that a token which it signed can live. */
  readonly tokenLifeMaxMs: number;
  /** Retired at once, out of turn. */
  readonly retiredAtMs: number | null;
}

export interface SigningKey extends PublicSigningKey {
  /** PKCS #8, encrypted; null once it signs no more. */
  readonly sealedPrivateKey: Uint8Array | null;
}

export type SigningKeyChanges = Partial<
  Pick<SigningKey, 'signsUntilMs' | 'tokenLifeMaxMs' | 'retiredAtMs' | 'sealedPrivateKey'>
>;

/** The refresh tokens that followed one another from one grant; one of them is good at any time. */
export interface RefreshFamily {
  readonly id: string;
  readonly keyId: string;
  /** The secret that its last answer was given for. */
  readonly secretId: string;
  readonly scopes: readonly Scope[];
  /** The end of all of its tokens, however often they were exchanged. */
  readonly expiresAtMs: number;
  /** SHA-256 of the token that is good. */
  readonly currentDigest: Uint8Array;
  /** Of the one before, and when it was exchanged. */
  readonly previousDigest: Uint8Array | null;
  readonly exchangedAtMs: number | null;
  /** The one before was exchanged a second time, since the first answer was lost. */
  readonly wasForgiven: boolean;
  readonly exchanges: number;
}

/** An access token by what it takes to revoke it. */
export interface IssuedToken {
  readonly id: string;
  readonly expiresAtMs: number;
}

export interface PageRequest {
  readonly limit: number;
  /** The id after which to go on. */
  readonly after?: string;
}

/** What can be read and written, at once or inside a transaction. */
export interface AccountRecords
  extends BillingTermRecords,
    InvoiceRecords,
    KeyActivityRecords,
    LimitRecords,
    OperationRecords,
    PriceRecords,
    RefusalRecords,
    RerateRecords,
    SessionRecords,
    WebhookRecords {
  organization(): Promise<Organization | null>;
  createOrganization(organization: Organization): Promise<void>;
  /** Whether a reset of the operator's key was done under this label. */
  isOperatorKeyReset(label: string): Promise<boolean>;
  noteOperatorKeyReset(reset: OperatorKeyReset): Promise<void>;
  createCustomer(customer: Customer): Promise<void>;
  customer(id: string): Promise<Customer | null>;
  /** As `customer`; nobody else changes it, or counts on it, before the transaction ends. */
  lockCustomer(id: string): Promise<Customer | null>;
  /** Writes everything but the currency, the calendar (see `changeCalendar`) and the time of its making. */
  updateCustomer(customer: Customer): Promise<void>;
  customers(page: PageRequest): Promise<readonly Customer[]>;
  /** The currencies of those of these customers that exist. */
  currenciesOf(customerIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  createProject(project: Project): Promise<void>;
  /** Null also for one that was deleted. */
  project(id: string): Promise<Project | null>;
  /** As `project`; nobody else changes it, or adds a key to it, before the transaction ends. */
  lockProject(id: string): Promise<Project | null>;
  renameProject(id: string, name: string): Promise<void>;
  deleteProject(id: string, deletedAtMs: number): Promise<void>;
  projects(page: PageRequest & { readonly customerId?: string }): Promise<readonly Project[]>;

  createMeter(meter: Meter): Promise<void>;
  /** Also one that is archived. */
  meter(slug: string): Promise<Meter | null>;
  /** False when it is archived already, or is none. */
  archiveMeter(slug: string, archivedAtMs: number): Promise<boolean>;
  /** By slug, the archived ones too. */
  meters(page: PageRequest): Promise<readonly Meter[]>;

  createKey(key: ApiKey, secret: NewKeySecret): Promise<void>;
  /** Also a key that was deleted. */
  key(id: string): Promise<StoredApiKey | null>;
  /** As `key`; nobody else changes it before the transaction ends. */
  lockKey(id: string): Promise<StoredApiKey | null>;
  /** Those that were not deleted. */
  keys(page: PageRequest & KeyFilter): Promise<readonly StoredApiKey[]>;
  /** Of those that were not deleted. */
  countKeys(filter: KeyFilter): Promise<number>;
  /** By any of the digests that a secret has, one under each pepper; they are looked for at one instant. */
  keyByDigest(digests: readonly Uint8Array[]): Promise<KeyBySecret | null>;
  /** The tokens per minute of those of these keys that have such a limit. */
  tokenRatesOf(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Writes everything but the customer, the mode and the time of its making. */
  updateKey(key: ApiKey): Promise<void>;
  setKeyEnabled(id: string, isEnabled: boolean): Promise<StoredApiKey | null>;
  /** Disables it for the reason that a secret of it was found where it should not be. */
  disableLeakedKey(id: string): Promise<void>;
  /** Its secrets go; its row stays. */
  deleteKey(id: string, deletedAtMs: number): Promise<void>;

  /** Of each key the newest first: the current one, and the one before it until the next rotation. */
  keySecrets(keyIds: readonly string[]): Promise<readonly KeySecret[]>;
  /** Adds a secret. The current one becomes the old one, and what was the old one goes. */
  rotateKey(rotation: KeyRotation): Promise<void>;
  /** The newest secret goes, and the one before it is the current one again. */
  undoRotation(keyId: string): Promise<void>;
  /** Keeps another digest of the same secret in place of the one there was. */
  moveSecret(secret: MovedSecret): Promise<void>;
  /** Of the secrets that have not ended at this instant. */
  pepperUses(nowMs: number): Promise<readonly PepperUse[]>;
  /** The last use of each key, by whichever credential; none for a key that was never used. */
  lastUses(keyIds: readonly string[]): Promise<ReadonlyMap<string, LastUse>>;
  /** Keeps the later of what is known and what is given. Tells nobody. */
  noteUses(uses: readonly CredentialUse[]): Promise<void>;

  /** The oldest first, with those that are retired. */
  signingKeys(): Promise<readonly SigningKey[]>;
  /** Without private keys, and without those that were retired out of turn. */
  publicSigningKeys(): Promise<readonly PublicSigningKey[]>;
  /** Nobody else makes or changes one before the transaction ends. */
  lockSigningKeys(): Promise<void>;
  createSigningKey(key: SigningKey): Promise<void>;
  changeSigningKey(id: string, changes: SigningKeyChanges): Promise<void>;

  /** `issued` is the access token of the same answer. Of one key the youngest thousand families stay. */
  createRefreshFamily(family: RefreshFamily, issued: IssuedToken): Promise<void>;
  /** The family that this token is of, good or not, locked until the transaction ends. */
  refreshFamily(digest: Uint8Array): Promise<RefreshFamily | null>;
  /** Keeps the family's new state; its `currentDigest` was given out together with the access token `issued`. */
  continueRefreshFamily(family: RefreshFamily, issued: IssuedToken): Promise<void>;
  /** Ends it, and revokes every access token that came with one of its refresh tokens. */
  endRefreshFamily(id: string): Promise<void>;
  /** Revokes the access token that was given out together with this refresh token. */
  revokeTokenIssuedWith(digest: Uint8Array): Promise<void>;
  revokeToken(token: IssuedToken): Promise<void>;
  isTokenRevoked(id: string): Promise<boolean>;
  /** Removes what no answer can depend on any more. */
  removeExpiredTokens(nowMs: number): Promise<void>;

  /** Written when the transaction commits, and only then: not to be read in the same one. */
  appendAudit(entry: AuditEntry): Promise<void>;
  auditEntries(question: AuditQuestion): Promise<readonly AuditLogEntry[]>;
  auditHead(): Promise<AuditHead>;
  /** Writes what is to be told in the transaction of the fact. */
  tell(fact: Fact): Promise<void>;
}

/** A request that its caller named, so that it can be sent again without a second effect. */
export interface IdempotentRequest {
  readonly callerId: string;
  /** As the caller chose it; another caller's keys are its own. */
  readonly key: string;
  /** Over everything that makes the request what it is. */
  readonly requestHash: Uint8Array;
  /** For how long the answer is kept. */
  readonly keptForMs: number;
}

export type IdempotentOutcome =
  | { readonly state: 'done' | 'replayed'; readonly answer: Uint8Array }
  /** The same key is being worked on at this moment. */
  | { readonly state: 'in_use' }
  /** The key was used for another request. */
  | { readonly state: 'reused' };

export interface AccountsWatch {
  /** Every change committed before this instant (milliseconds since the epoch) has been told. */
  readonly confirmedAtMs: number;
  close(): Promise<void>;
}

export interface Accounts extends AccountRecords {
  /** Applies the migrations that are missing. Safe to run in several processes at once. */
  migrate(): Promise<void>;
  ready(): Promise<void>;

  /**
   * Does the work and keeps its answer in one transaction, or gives the answer that is kept. When the work rejects,
   * nothing of it stays and nothing is kept.
   */
  idempotently(
    request: IdempotentRequest,
    work: (records: AccountRecords) => Promise<Uint8Array>,
  ): Promise<IdempotentOutcome>;
  /** One transaction: when the work rejects, nothing of it stays. */
  transaction<Result>(work: (records: AccountRecords) => Promise<Result>): Promise<Result>;
  /** One transaction, run by one process at a time among all that use the same name; the others wait. */
  exclusively<Result>(name: string, work: (records: AccountRecords) => Promise<Result>): Promise<Result>;

  /** Reads the whole audit log. `anchor`: a head that was noted before, outside of the database. */
  verifyAudit(anchor?: AuditHead): Promise<AuditVerdict>;

  /** The number of this log among all that the deployment ever used, from 1; the same identity gives the same number. */
  logEpoch(identity: string): Promise<number>;

  /** The versions of prices and mark-ups that follow this place. See `createPriceReader`. */
  priceVersions(request: { readonly place: PricePlace; readonly limit: number }): Promise<PriceVersions>;

  /**
   * Calls `onChange` with the id of a key or customer that any process changed (`limits:` before the customer's id, or
   * `limits:organization`, for its limits and its calendar), and with null when changes may have been
   * missed (the connection was lost and is back): then everything remembered must be forgotten. Resolves at once, also
   * while the database is away; until it answers, nothing is confirmed.
   */
  watch(onChange: (id: string | null) => void): Promise<AccountsWatch>;
  close(): Promise<void>;
}
