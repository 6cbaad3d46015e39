// `POST /v1/events`: events as JSON, or CloudEvents in any of their three modes.

import { TollgateError } from '@tollgate/domain';
import { readAttributes } from './cloud-event-headers.ts';
import { parseBody, readAll, singleOf } from './read-elements.ts';
import { type ReadContext, readEvent } from './read-events.ts';
import type { JsonElement } from './strict-json.ts';
import type { RequestBody, TakeRoute } from './take-request.ts';

export const postEvents: TakeRoute = {
  name: '/v1/events',
  read(body) {
    const context: ReadContext = {
      nowMs: body.nowMs,
      areCloudEvents: body.format !== 'json',
      isSubjectFree: body.caller.customerId !== null,
      isBackfill: isBackfill(body),
    };
    const elements = body.format === 'cloud_event_data' ? [readBinary(body)] : parseBody(body.bytes);
    return readAll(elements, (element, index) => readEvent(element, index, context));
  },
};

/** Binary mode: the body is `data`, the attributes are headers. Pointers are those of the structured form. */
function readBinary({ req, bytes }: RequestBody): JsonElement {
  const attributes = readAttributes(req);
  const value = bytes.byteLength === 0 ? attributes : { ...attributes, data: singleOf(bytes) };
  return { value, bytes, pointer: '', flaw: undefined };
}

/** Old use changes months that may be billed already, so only the operator can mean it. */
function isBackfill({ req: { url = '' }, caller }: RequestBody): boolean {
  const query = url.indexOf('?');
  if (query === -1) return false;
  const value = new URLSearchParams(url.slice(query)).get('backfill');
  if (value === null || value === 'false') return false;
  if (value !== 'true')
    throw new TollgateError({ code: 'invalid_request', detail: '`backfill` is `true` or `false`.' });
  if (caller.customerId === null) return true;
  throw new TollgateError({ code: 'insufficient_scope', detail: "A backfill takes an operator's key." });
}
