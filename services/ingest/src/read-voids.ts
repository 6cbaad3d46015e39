// From the elements of a body to drafts that withdraw events: `{"id": "…", "customer": "cus_…", "reason": "…"}`.

import type { FieldError } from '@tollgate/domain';
import { isCustomerId, isName, isRecord } from './check-event.ts';
import { escapePointer } from './json-flaws.ts';
import type { Reading } from './read-elements.ts';
import { rejectionOf } from './rejection.ts';
import type { JsonElement } from './strict-json.ts';

const REASON_LENGTH_MAX = 512;
const ERRORS_MAX = 10;
const MEMBERS: ReadonlySet<string> = new Set(['id', 'customer', 'reason']);

interface VoidContext {
  readonly nowMs: number;
  /** Where the request comes from: for the audit log, which the withdrawal reaches through the log. */
  readonly origin: { readonly address: string; readonly requestId: string };
}

export function readVoid(element: JsonElement, index: number, { nowMs, origin }: VoidContext): Reading {
  const { value, flaw, pointer } = element;
  const id = isRecord(value) && typeof value['id'] === 'string' ? value['id'] : null;
  if (flaw !== undefined) return { rejection: rejectionOf({ index, id }, 'malformed_json', [flaw]) };
  if (!isRecord(value)) {
    const error = { pointer, detail: 'Must be an object with the `id` of an event and a `reason`.' };
    return { rejection: rejectionOf({ index, id }, 'invalid_event', [error]) };
  }
  const { customer, reason } = value;
  const errors = voidErrors(value, pointer);
  if (errors.length > 0 || id === null) return { rejection: rejectionOf({ index, id }, 'invalid_event', errors) };
  const body = Buffer.from(
    JSON.stringify({ reason, origin: { address: origin.address, request_id: origin.requestId } }),
  );
  const owner = typeof customer === 'string' ? customer : undefined;
  const withdrawn = { id, timeMs: nowMs, model: '', reservation: undefined, key: undefined, customer: owner };
  return { draft: { kind: 'void', index, pointer, ...withdrawn, body } };
}

function voidErrors(value: Readonly<Record<string, unknown>>, pointer: string): FieldError[] {
  const { id, customer, reason } = value;
  const errors = Object.keys(value)
    .filter((name) => !MEMBERS.has(name))
    .slice(0, ERRORS_MAX)
    .map((name) => ({ pointer: `${pointer}/${escapePointer(name)}`, detail: 'There is no such member here.' }));
  const idProblem = isName(id);
  if (idProblem !== undefined) errors.push({ pointer: `${pointer}/id`, detail: idProblem });
  if (customer !== undefined && !(typeof customer === 'string' && isCustomerId(customer))) {
    errors.push({ pointer: `${pointer}/customer`, detail: 'Must be the id of a customer (`cus_…`).' });
  }
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > REASON_LENGTH_MAX) {
    const detail = `Must say why, in 1 to ${REASON_LENGTH_MAX} characters.`;
    errors.push({ pointer: `${pointer}/reason`, detail });
  }
  return errors;
}
