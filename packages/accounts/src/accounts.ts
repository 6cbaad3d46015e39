// The port of the accounts store: who is billed, who may call, and what each key may do.

import type { Scope } from '@tollgate/domain';

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

export interface Customer {
  readonly id: string;
  readonly name: string;
  /** The operator's own id for the customer; unique where set. */
  readonly externalId: string | null;
  readonly currency: string;
  readonly zone: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
}

export interface Project {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly createdAtMs: number;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Null for the operator's own keys. */
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly mode: 'live' | 'test';
  readonly scopes: readonly Scope[];
  readonly isEnabled: boolean;
  readonly expiresAtMs: number | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
}

export interface PageRequest {
  readonly limit: number;
  /** The id after which to go on. */
  readonly after?: string;
}

export interface Accounts {
  migrate(): Promise<void>;
  ready(): Promise<void>;

  organization(): Promise<Organization | null>;
  createOrganization(organization: Organization): Promise<void>;
  createCustomer(customer: Customer): Promise<void>;
  customer(id: string): Promise<Customer | null>;
  customers(page: PageRequest): Promise<readonly Customer[]>;
  createProject(project: Project): Promise<void>;
  project(id: string): Promise<Project | null>;
  projects(page: PageRequest & { readonly customerId?: string }): Promise<readonly Project[]>;

  /** `digest` is the HMAC of the secret under the pepper; the secret itself is never handed in. */
  createKey(key: ApiKey, digest: Uint8Array): Promise<void>;
  key(id: string): Promise<ApiKey | null>;
  keys(page: PageRequest & { readonly customerId?: string }): Promise<readonly ApiKey[]>;
  keyByDigest(digest: Uint8Array): Promise<ApiKey | null>;
  setKeyEnabled(id: string, isEnabled: boolean): Promise<ApiKey | null>;

  /** The number of this log among all that the deployment ever used, from 1; the same identity gives the same number. */
  logEpoch(identity: string): Promise<number>;

  /**
   * Calls `onChange` with the id of a key or customer that any process changed, and with null when changes may have been
   * missed (the connection was lost): then everything remembered must be forgotten.
   */
  watch(onChange: (id: string | null) => void): Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
}
