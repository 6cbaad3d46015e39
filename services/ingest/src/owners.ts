// Whose use each draft is. What the sender names is looked up first, each id once and all together; then the decision is
// pure. A customer's key reports for itself or for another key of its customer; an operator's key for anyone it names.

import type { Authenticator, Caller, UsageOwner } from '@tollgate/auth';
import type { ErrorCode, FieldError } from '@tollgate/domain';
import type { Draft } from './draft.ts';

/** Of one request at a time; the authenticator shares look-ups among requests and remembers them. */
const LOOKUPS_AT_ONCE_MAX = 32;

type MaybePromise<Value> = Value | Promise<Value>;

/** What is known of the ids that the drafts name: null where there is no such key or customer. */
export type NamedOwners = ReadonlyMap<string, UsageOwner | null>;

export type OwnerDecision = { readonly owner: UsageOwner } | { readonly code: ErrorCode; readonly error: FieldError };

const NONE: NamedOwners = new Map();

/** Answers at once when nobody but the caller is named. */
export function lookUpOwners(
  authenticator: Authenticator,
  caller: Caller,
  drafts: readonly Draft[],
): MaybePromise<NamedOwners> {
  const ids = idsToLookUp(caller, drafts);
  return ids === undefined ? NONE : lookUp(authenticator, [...ids]);
}

async function lookUp(authenticator: Authenticator, ids: readonly string[]): Promise<NamedOwners> {
  const owners = new Map<string, UsageOwner | null>();
  let pending: Promise<unknown>[] = [];
  for (const id of ids) {
    const answer = ownerOf(authenticator, id);
    if (!(answer instanceof Promise)) {
      owners.set(id, answer);
      continue;
    }
    pending.push(answer.then((owner) => owners.set(id, owner)));
    if (pending.length < LOOKUPS_AT_ONCE_MAX) continue;
    await Promise.all(pending);
    pending = [];
  }
  await Promise.all(pending);
  return owners;
}

function idsToLookUp(caller: Caller, drafts: readonly Draft[]): ReadonlySet<string> | undefined {
  let ids: Set<string> | undefined;
  // A customer's key knows itself and its customer; an operator's key is nobody's, and what it names is looked up.
  const isOperator = caller.customerId === null;
  for (const { key, customer } of drafts) {
    if (key !== undefined && (isOperator || key !== caller.keyId)) {
      ids ??= new Set();
      ids.add(key);
    }
    if (customer !== undefined && isOperator) {
      ids ??= new Set();
      ids.add(customer);
    }
  }
  return ids;
}

function ownerOf(authenticator: Authenticator, id: string): MaybePromise<UsageOwner | null> {
  return id.startsWith('key_') ? authenticator.ownerOfKey(id) : authenticator.ownerOfCustomer(id);
}

export function decideOwner(caller: Caller, draft: Draft, named: NamedOwners): OwnerDecision {
  const { customerId } = caller;
  return customerId === null
    ? decideForOperator(draft, named)
    : decideForCustomer({ ...caller, customerId }, draft, named);
}

function decideForCustomer(
  caller: Caller & { readonly customerId: string },
  draft: Draft,
  named: NamedOwners,
): OwnerDecision {
  const { key, customer, pointer } = draft;
  if (customer !== undefined && customer !== caller.customerId) {
    return mismatch(`${pointer}/customer`, 'This API key reports for its own customer alone.');
  }
  if (key === undefined || key === caller.keyId) {
    const { customerId, projectId, keyId } = caller;
    return { owner: { customerId, projectId, keyId } };
  }
  // The same answer for a key that is another customer's and for one that does not exist: which it is, is not told.
  const owner = named.get(key);
  if (owner?.customerId === caller.customerId) return { owner };
  return mismatch(`${pointer}/key`, 'Your customer has no API key of this id.');
}

function decideForOperator({ key, customer, pointer }: Draft, named: NamedOwners): OwnerDecision {
  if (key === undefined && customer === undefined) {
    return invalid(pointer, 'Name the API key (`key`) or the customer (`customer`) that the use belongs to.');
  }
  const ofKey = key === undefined ? undefined : named.get(key);
  const ofCustomer = customer === undefined ? undefined : named.get(customer);
  if (ofKey === null) return invalid(`${pointer}/key`, 'No customer has an API key of this id.');
  if (ofCustomer === null) return invalid(`${pointer}/customer`, 'There is no customer of this id.');
  if (ofKey !== undefined && customer !== undefined && ofKey.customerId !== customer) {
    return mismatch(`${pointer}/key`, 'The API key is not of the customer that the event names.');
  }
  const owner = ofKey ?? ofCustomer;
  if (owner === undefined) throw new Error('An owner that the draft names was not looked up.');
  return { owner };
}

function mismatch(pointer: string, detail: string): OwnerDecision {
  return { code: 'customer_mismatch', error: { pointer, detail } };
}

function invalid(pointer: string, detail: string): OwnerDecision {
  return { code: 'invalid_event', error: { pointer, detail } };
}
