// Whose use a limit is about, from what a body names.

import type { Limit } from '@tollgate/accounts';
import { TollgateError } from '@tollgate/domain';
import type { Static } from 'typebox';
import type { CallContext } from '../route.ts';
import { confinedTo, customerInQuestion } from '../tenancy.ts';
import type { Scope } from './limit-json.ts';

type Access = Pick<CallContext, 'caller' | 'records'>;

/** The thing that is named is there, and is not deleted before the transaction ends. */
export async function existingScope(
  said: Static<typeof Scope>,
  access: Access,
): Promise<Pick<Limit, 'scope' | 'customerId'>> {
  if (said.organization !== undefined) return ofOrganization(said.organization, access);
  if (said.key !== undefined) return ofKey('/scope/key', said.key, access);
  if (said.project !== undefined) return ofProject(said.project, access);
  const { caller, records } = access;
  const id = customerInQuestion(caller, said.customer) ?? '';
  if ((await records.customer(id)) === null) throw noSuch('/scope/customer', 'is no customer that exists.');
  return { scope: { kind: 'customer', id }, customerId: id };
}

export async function ofKey(
  pointer: string,
  id: string,
  { caller, records }: Access,
): Promise<{ readonly scope: Limit['scope']; readonly customerId: string }> {
  const key = await records.lockKey(id);
  const own = confinedTo(caller);
  if (key === null || key.deletedAtMs !== null || (own !== null && key.customerId !== own)) {
    throw noSuch(pointer, 'is no key that exists.');
  }
  if (key.customerId === null) throw noSuch(pointer, "is a key of the operator, whose use is nobody's.");
  return { scope: { kind: 'key', id }, customerId: key.customerId };
}

async function ofProject(id: string, { caller, records }: Access): Promise<Pick<Limit, 'scope' | 'customerId'>> {
  const project = await records.lockProject(id);
  const own = confinedTo(caller);
  if (project === null || (own !== null && project.customerId !== own)) {
    throw noSuch('/scope/project', 'is no project that exists.');
  }
  return { scope: { kind: 'project', id }, customerId: project.customerId };
}

async function ofOrganization(
  named: true | string,
  { caller, records }: Access,
): Promise<Pick<Limit, 'scope' | 'customerId'>> {
  if (confinedTo(caller) !== null) {
    throw new TollgateError({
      code: 'customer_mismatch',
      detail: "Limits of the organization are the operator's. Use one of the operator's keys.",
    });
  }
  const organization = await records.organization();
  if (organization === null || (named !== true && named !== organization.id)) {
    throw noSuch('/scope/organization', 'is not the organization. Write true.');
  }
  return { scope: { kind: 'organization', id: organization.id }, customerId: null };
}

function noSuch(pointer: string, detail: string): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'The body names nothing that can have the limit. See `errors`.',
    errors: [{ pointer, detail }],
  });
}
