// The first start of a deployment: its organization, and a key for the operator whose secret is written to a file. And
// the way back in for an operator who lost every key: the same again, for a label that was not used before.

import type { Accounts, Organization } from '@tollgate/accounts';
import { type Clock, ConfigurationError, type IdGenerator, type Logger } from '@tollgate/runtime';
import { makeOperatorKey } from './operator-key.ts';

interface FirstStartOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly logger: Logger;
  readonly pepper: string;
  readonly organization: { readonly name: string; readonly currency: string; readonly zone: string };
  readonly operatorKeyFile: string | undefined;
}

/** Does nothing when there is an organization. Processes that start at once make one between them. */
export async function firstStart(options: FirstStartOptions): Promise<{ readonly isNew: boolean }> {
  const { accounts, clock, newId, logger, pepper, operatorKeyFile: file } = options;
  return await accounts.exclusively('first-start', async (records) => {
    if ((await records.organization()) !== null) return { isNew: false };
    if (file === undefined) throw new ConfigurationError([NO_FILE]);
    const nowMs = clock.now();
    const organization: Organization = { ...options.organization, id: newId('org'), createdAtMs: nowMs };
    await records.createOrganization(organization);
    const { createdAtMs: _, ...after } = organization;
    await records.appendAudit({
      action: 'organization.created',
      actor: { keyId: null },
      customerId: null,
      subject: { type: 'organization', id: organization.id },
      origin: null,
      before: null,
      after,
    });
    const reason = 'The first start of the deployment.';
    const key = await makeOperatorKey({ records, newId, nowMs, pepper, file, name: 'Operator', reason });
    logger.info(
      { organizationId: organization.id, keyId: key.id, file },
      "made the organization and the operator's key",
    );
    return { isNew: true };
  });
}

const NO_FILE =
  "This deployment has no organization yet. Set TOLLGATE_OPERATOR_KEY_FILE to the path of a file that does not exist: the operator's key is written there at the first start.";

interface ResetOptions extends Omit<FirstStartOptions, 'organization'> {
  /** What the reset is called: the same one again does nothing. Undefined: none is asked for. */
  readonly operatorKeyReset: string | undefined;
}

/** Makes one more key for the operator. Those that there are stay as they are: whoever has them may be at work. */
export async function resetOperatorKey(options: ResetOptions): Promise<void> {
  const { accounts, clock, newId, logger, pepper, operatorKeyFile: file, operatorKeyReset: label } = options;
  if (label === undefined) return;
  if (file === undefined) throw new ConfigurationError([NO_RESET_FILE]);
  await accounts.exclusively('first-start', async (records) => {
    if (await records.isOperatorKeyReset(label)) return;
    const nowMs = clock.now();
    const name = `Operator (reset ${label})`;
    const reason = `TOLLGATE_OPERATOR_KEY_RESET=${label}`;
    const key = await makeOperatorKey({ records, newId, nowMs, pepper, file, name, reason });
    await records.noteOperatorKeyReset({ label, keyId: key.id, madeAtMs: nowMs });
    logger.warn({ keyId: key.id, file, label }, 'made a new operator key, as TOLLGATE_OPERATOR_KEY_RESET asks');
  });
}

const NO_RESET_FILE =
  'TOLLGATE_OPERATOR_KEY_RESET is set, so TOLLGATE_OPERATOR_KEY_FILE must say where the new key is written.';
