// Checks one event against the domain's `EventSchema`, and what a schema cannot say: that there is something to count.
// Written by hand because it runs for every event: the compiled schema costs half as much as `JSON.parse`, this a tenth.
// A test holds the two together.

import { type FieldError, isLlmEventType, type UsageEvent } from '@tollgate/domain';
import { escapePointer } from './json-flaws.ts';

const NAME_LENGTH_MAX = 256;
/** What is said of one event: an answer must not grow with what is wrong with the request. */
const ERRORS_MAX = 10;
const METADATA_MEMBERS_MAX = 50;
const METADATA_NAME_LENGTH_MAX = 64;
const METADATA_TEXT_LENGTH_MAX = 512;

const CONTROL_CHARACTER = /\p{Cc}/u;
const KEY_ID = /^key_[A-Za-z0-9_-]{1,64}$/;
const CUSTOMER_ID = /^cus_[A-Za-z0-9_-]{1,64}$/;
const DECIMAL = /^-?\d{1,30}(?:\.\d{1,30})?$/;

/** A sentence that says what is wrong with the value; undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

export const isName: Check = (value) =>
  typeof value === 'string' && value !== '' && isAtMost(value, NAME_LENGTH_MAX) && !CONTROL_CHARACTER.test(value)
    ? undefined
    : `Must be text of 1 to ${NAME_LENGTH_MAX} characters without control characters.`;

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

const isObject: Check = (value) => (isRecord(value) ? undefined : 'Must be an object.');

const MEMBERS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['id', isName],
  ['time', (value) => (typeof value === 'string' ? undefined : 'Must be an RFC 3339 timestamp as text.')],
  ['key', (value) => (matches(KEY_ID, value) ? undefined : 'Must be the id of an API key (`key_…`).')],
  ['customer', (value) => (matches(CUSTOMER_ID, value) ? undefined : 'Must be the id of a customer (`cus_…`).')],
  ['type', isName],
  ['provider', isName],
  ['model', isName],
  ['input', () => undefined],
  ['output', () => undefined],
  ['usage', orNull(isObject)],
  ['service_tier', orNull(isName)],
  ['status', (value) => (isStatus(value) ? undefined : 'Must be `completed`, `aborted` or `failed`.')],
  ['stream', (value) => (typeof value === 'boolean' ? undefined : 'Must be true or false.')],
  ['latency_ms', (value) => (typeof value === 'number' && value >= 0 ? undefined : 'Must be a number, 0 or more.')],
  ['reservation', isName],
  ['metadata', isObject],
  ['data', isObject],
]);

export const EVENT_MEMBERS: ReadonlySet<string> = new Set(MEMBERS.keys());

export type CheckedEvent = { readonly event: UsageEvent } | { readonly errors: readonly FieldError[] };

export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

export function isCustomerId(text: string): boolean {
  return CUSTOMER_ID.test(text);
}

/** `pointer` is the place of the event in the body; the errors' pointers go on from there. */
export function checkEvent(value: unknown, pointer: string): CheckedEvent {
  if (!isRecord(value)) return { errors: [{ pointer, detail: 'An event must be an object.' }] };
  const errors = memberErrors(value, pointer);
  if (errors !== undefined) return { errors };
  return isUsageEvent(value) ? { event: value } : { errors: missingErrors(value, pointer) };
}

function memberErrors(value: Readonly<Record<string, unknown>>, pointer: string): FieldError[] | undefined {
  let errors: FieldError[] | undefined;
  for (const name in value) {
    const check = MEMBERS.get(name);
    const detail = check === undefined ? 'An event has no such member.' : check(value[name]);
    if (detail === undefined) continue;
    errors ??= [];
    errors.push({ pointer: `${pointer}/${escapePointer(name)}`, detail });
    if (errors.length === ERRORS_MAX) return errors;
  }
  const metadata = value['metadata'];
  if (!isRecord(metadata)) return errors;
  const wrong = metadataErrors(metadata, `${pointer}/metadata`);
  return wrong.length === 0 ? errors : [...(errors ?? []), ...wrong].slice(0, ERRORS_MAX);
}

/** Narrows what `memberErrors` found nothing wrong with: what is left to ask is whether the required members are there. */
function isUsageEvent(value: Readonly<Record<string, unknown>>): value is UsageEvent {
  return value['id'] !== undefined && value['type'] !== undefined;
}

function missingErrors(value: Readonly<Record<string, unknown>>, pointer: string): FieldError[] {
  return ['id', 'type']
    .filter((name) => value[name] === undefined)
    .map((name) => ({ pointer: `${pointer}/${name}`, detail: 'This member is required.' }));
}

export function metadataErrors(metadata: Readonly<Record<string, unknown>>, pointer: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const name in metadata) {
    count++;
    if (count > METADATA_MEMBERS_MAX) return [{ pointer, detail: `Holds more than ${METADATA_MEMBERS_MAX} labels.` }];
    const detail = metadataProblem(name, metadata[name]);
    if (detail !== undefined) errors.push({ pointer: `${pointer}/${escapePointer(name)}`, detail });
  }
  return errors;
}

function metadataProblem(name: string, value: unknown): string | undefined {
  if (name === '' || !isAtMost(name, METADATA_NAME_LENGTH_MAX) || CONTROL_CHARACTER.test(name)) {
    return `A label's name must have 1 to ${METADATA_NAME_LENGTH_MAX} characters, none of them a control character.`;
  }
  if (typeof value === 'object' && value !== null) return 'A label must be text, a number, true, false or null.';
  if (typeof value !== 'string' || isAtMost(value, METADATA_TEXT_LENGTH_MAX)) return undefined;
  return `A label's text must have at most ${METADATA_TEXT_LENGTH_MAX} characters.`;
}

/** What an event lacks that could be counted; undefined when it has some. */
export function nothingToCount(event: UsageEvent, pointer: string): FieldError | undefined {
  if (isLlmEventType(event.type)) {
    if (isPresent(event.input) || isPresent(event.output) || hasMembers(event.usage)) return undefined;
    const detail = 'There is nothing to count: send `input` or `output` with text, or the `usage` that was reported.';
    return { pointer, detail };
  }
  if (event.data === undefined) {
    const detail = `An event of type ${JSON.stringify(event.type)} is for meters and needs \`data\`.`;
    return { pointer: `${pointer}/data`, detail };
  }
  if (Object.values(event.data).some(isQuantity)) return undefined;
  return { pointer: `${pointer}/data`, detail: 'Must hold at least one number, or a decimal number as text.' };
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isQuantity(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && DECIMAL.test(value));
}

function hasMembers(value: Readonly<Record<string, unknown>> | null | undefined): boolean {
  return isRecord(value) && Object.keys(value).length > 0;
}

function isStatus(value: unknown): boolean {
  return value === 'completed' || value === 'aborted' || value === 'failed';
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters are code points; counted only where the cheap length leaves it open, since counting is dear. */
function isAtMost(text: string, charactersMax: number): boolean {
  if (text.length <= charactersMax) return true;
  return text.length <= 2 * charactersMax && [...text].length <= charactersMax;
}
