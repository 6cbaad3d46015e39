// From the elements of a body to drafts: each is read as a native event or as a CloudEvent, checked, and either becomes
// a draft or is rejected by itself.

import {
  BACKFILL_AGE_MAX_MS,
  EVENT_AGE_MAX_MS,
  EVENT_AHEAD_MAX_MS,
  type FieldError,
  parseTimestamp,
  type UsageEvent,
} from '@tollgate/domain';
import { checkEvent, isRecord, nothingToCount } from './check-event.ts';
import { type CloudEventContext, readCloudEvent } from './cloud-events.ts';
import type { Reading } from './read-elements.ts';
import { rejectionOf } from './rejection.ts';
import type { JsonElement } from './strict-json.ts';

export interface ReadContext extends CloudEventContext {
  readonly nowMs: number;
  /** True when the media type says so; otherwise an element is a CloudEvent when it has a `specversion`. */
  readonly areCloudEvents: boolean;
  /** True when the sender says that old events are meant. */
  readonly isBackfill: boolean;
}

export function readEvent(element: JsonElement, index: number, context: ReadContext): Reading {
  const { value, flaw, pointer } = element;
  if (flaw !== undefined) return reject({ index, id: idOf(value) }, 'malformed_json', [flaw]);
  if (context.areCloudEvents || (isRecord(value) && value['specversion'] !== undefined)) {
    return readAsCloudEvent(element, index, context);
  }
  const checked = checkEvent(value, pointer);
  if ('errors' in checked) return reject({ index, id: idOf(value) }, 'invalid_event', checked.errors);
  const { event } = checked;
  const nothing = nothingToCount(event, pointer);
  if (nothing !== undefined) return reject({ index, id: event.id }, 'invalid_event', [nothing]);
  return toDraft({ event, index, pointer, timePointer: `${pointer}/time`, body: element.bytes, context });
}

function readAsCloudEvent({ value, pointer }: JsonElement, index: number, context: ReadContext): Reading {
  const reading = readCloudEvent(value, context);
  const sent = { index, id: idOf(value) };
  if ('error' in reading) return reject(sent, 'invalid_event', [below(pointer, reading.error)]);
  const checked = checkEvent(reading.event, '');
  const nothing = 'event' in checked && !reading.isMeter ? nothingToCount(checked.event, '') : undefined;
  if ('errors' in checked || nothing !== undefined) {
    const errors = 'errors' in checked ? checked.errors : nothing === undefined ? [] : [nothing];
    const placed = errors.map((error) => below(pointer, { ...error, pointer: reading.pointerOf(error.pointer) }));
    return reject(sent, 'invalid_event', placed);
  }
  const body = Buffer.from(JSON.stringify(reading.event));
  const { event } = checked;
  return toDraft({ event, index, pointer, timePointer: `${pointer}/time`, body, context });
}

interface DraftSource {
  readonly event: UsageEvent;
  readonly index: number;
  readonly pointer: string;
  readonly timePointer: string;
  readonly body: Uint8Array;
  readonly context: ReadContext;
}

function toDraft({ event, index, pointer, timePointer, body, context }: DraftSource): Reading {
  const { id, key, customer, time, model = '', reservation } = event;
  const timeMs = time === undefined ? context.nowMs : parseTimestamp(time);
  if (timeMs === undefined) {
    const detail = 'Must be an RFC 3339 timestamp with a zone, such as 2026-11-24T09:30:00.000Z.';
    return reject({ index, id }, 'invalid_event', [{ pointer: timePointer, detail }]);
  }
  const outOfRange = outOfRangeDetail(timeMs, context);
  if (outOfRange !== undefined) {
    return reject({ index, id }, 'timestamp_out_of_range', [{ pointer: timePointer, detail: outOfRange }]);
  }
  return { draft: { kind: 'event', index, pointer, id, timeMs, model, reservation, key, customer, body } };
}

function outOfRangeDetail(timeMs: number, { nowMs, isBackfill }: ReadContext): string | undefined {
  if (timeMs > nowMs + EVENT_AHEAD_MAX_MS) return 'Lies more than 5 minutes ahead; check the clock of the sender.';
  if (isBackfill) return timeMs < nowMs - BACKFILL_AGE_MAX_MS ? 'Lies more than 1,830 days back.' : undefined;
  if (timeMs < nowMs - EVENT_AGE_MAX_MS) {
    return "Lies more than 35 days back; events that old are taken from an operator's key, with `?backfill=true`.";
  }
  return undefined;
}

function reject(
  element: { readonly index: number; readonly id: string | null },
  code: 'invalid_event' | 'timestamp_out_of_range' | 'malformed_json',
  errors: readonly FieldError[],
): Reading {
  return { rejection: rejectionOf(element, code, errors) };
}

function below(pointer: string, error: FieldError): FieldError {
  return { ...error, pointer: pointer + error.pointer };
}

/** The id to name a rejected element by, as it was sent. */
function idOf(value: unknown): string | null {
  const id = isRecord(value) ? value['id'] : undefined;
  return typeof id === 'string' ? id : null;
}
