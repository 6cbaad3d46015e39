// For whom a request asks, and whether the API key that it names may make it: the key's validity, its models, its
// addresses. Pure; what is named was looked up before.

import type { Caller, NamedKey, StoredCustomer } from '@tollgate/auth';
import { refusalOfKey } from '@tollgate/auth';
import { createModelList, type FieldError, type LimitSubject, type ModelList, TollgateError } from '@tollgate/domain';
import type { Denial, DenialCode } from './authorization.ts';
import { type AuthorizationRequest, invalid } from './read-authorization.ts';

/** What is known of what the request names; null: there is nothing of this id. */
export interface Named {
  readonly key: NamedKey | null | undefined;
  readonly customer: StoredCustomer | null | undefined;
}

export interface Subject extends LimitSubject {
  /** Set where the request is a key's. */
  readonly key: NamedKey | null;
  readonly isSuspended: boolean;
}

/** The id of the key that has to be looked up: the one that is named, or the caller's own. */
export function namedKeyId(caller: Caller, { key }: Pick<AuthorizationRequest, 'key'>): string | undefined {
  // The operator's key is nobody's whose use is limited.
  return key ?? (caller.customerId === null ? undefined : caller.keyId);
}

/** Throws `customer_mismatch`, or `validation_failed` when an operator names nobody, or somebody who is not. */
export function subjectOf(caller: Caller, request: AuthorizationRequest, named: Named): Subject {
  const { customer: customerId, model } = request;
  if (caller.customerId === null) return subjectForOperator(request, named);
  const { key } = named;
  if (customerId !== undefined && customerId !== caller.customerId) throw mismatch('/customer', 'customer');
  // The same answer for a key that is another customer's and for one that does not exist: which it is, is not told.
  if (key?.key.customerId !== caller.customerId) throw mismatch('/key', 'key');
  return subjectOfKey(key, caller.customerId, model);
}

function subjectForOperator({ key, customer, model }: AuthorizationRequest, named: Named): Subject {
  if (key === undefined && customer === undefined) {
    throw invalid([{ pointer: '', detail: 'Name the API key (`key`) or the customer (`customer`) that asks.' }]);
  }
  if (customer !== undefined && (named.customer ?? null) === null)
    throw unknown('/customer', 'There is no customer of this id.');
  if (key !== undefined) {
    const customerId = named.key?.key.customerId ?? null;
    if (named.key === undefined || named.key === null || customerId === null) {
      throw unknown('/key', 'No customer has an API key of this id.');
    }
    if (customer !== undefined && customerId !== customer) throw mismatch('/key', 'key');
    return subjectOfKey(named.key, customerId, model);
  }
  const isSuspended = (named.customer?.suspendedAtMs ?? null) !== null;
  return { key: null, keyId: null, projectId: null, customerId: customer ?? '', model, isSuspended };
}

function subjectOfKey(key: NamedKey, customerId: string, model: string): Subject {
  const { id: keyId, projectId, isCustomerSuspended: isSuspended } = key.key;
  return { key, keyId, projectId, customerId, model, isSuspended };
}

/** Why the key may not make the request; null: it may. */
export function refusalOfSubject(
  subject: Subject,
  of: {
    readonly address: string | null;
    /** The caller asks for its own key, which was let in from where the request came from. */
    readonly isOwnKey: boolean;
    readonly nowMs: number;
  },
): Denial | null {
  const { key: named, model } = subject;
  if (named === null) {
    return subject.isSuspended ? denied('customer_suspended', 'The customer is suspended. Ask the operator.') : null;
  }
  const { key, addresses } = named;
  const refusal = refusalOfKey(key, of.nowMs);
  if (refusal !== null) return denied(denialCodeOf(refusal), refusal.detail);
  if (key.allowedModels !== null && !modelsOf(key.allowedModels).has(model)) {
    return denied(
      'model_not_allowed',
      'The API key may not use this model. Use an allowed one, or have its list changed.',
    );
  }
  if (addresses === null || (of.address === null && of.isOwnKey)) return null;
  if (of.address !== null && addresses.has(of.address)) return null;
  const detail =
    of.address === null
      ? "The API key has a list of addresses, and the end client's was not told: send it as `ip`."
      : 'The API key may not be used from this address. Send from an allowed one, or have its list changed.';
  return denied('ip_not_allowed', detail);
}

function denialCodeOf({ code }: TollgateError): DenialCode {
  switch (code) {
    case 'key_disabled':
    case 'token_expired':
    case 'customer_suspended':
      return code;
    default:
      // Nobody learns that there once was such a key.
      return 'invalid_token';
  }
}

export function denied(code: DenialCode, detail: string): Denial {
  return { kind: 'denied', code, detail, standing: null, resetsAtMs: null };
}

/** Lists are remembered with the key that they are of. */
const modelLists = new WeakMap<readonly string[], ModelList>();

function modelsOf(patterns: readonly string[]): ModelList {
  const known = modelLists.get(patterns);
  if (known !== undefined) return known;
  const made = createModelList(patterns);
  modelLists.set(patterns, made);
  return made;
}

function unknown(pointer: string, detail: string): TollgateError {
  return invalid([{ pointer, detail }]);
}

function mismatch(pointer: string, what: 'key' | 'customer'): TollgateError {
  const detail =
    what === 'key' ? 'The customer has no API key of this id.' : 'This API key asks for its own customer alone.';
  const errors: readonly FieldError[] = [{ pointer, detail }];
  return new TollgateError({ code: 'customer_mismatch', detail, errors });
}
