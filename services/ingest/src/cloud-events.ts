// CloudEvents 1.0 to events. `source` and `id` together identify the event, `subject` names the customer or the key,
// `data` holds the rest in one of three shapes: the members of an event, token counts beside a `model` as LiteLLM's
// OpenMeter callback sends them, or anything else, which is for meters.
//
// The official SDK is not used to read them: it invents an id and a time for an event that has none, so that a retry
// would count twice; it takes version 1.0 for granted, and reads binary data as 32-bit words.

import { type FieldError, isLlmEventType } from '@tollgate/domain';
import { EVENT_MEMBERS, isCustomerId, isKeyId, isRecord } from './check-event.ts';

type Members = Readonly<Record<string, unknown>>;

interface MappedCloudEvent {
  /** In the shape of a native event; still to be checked. */
  readonly event: Members;
  /** True for an event whose `data` is taken as it is: each may count as one, so no number is asked for. */
  readonly isMeter: boolean;
  /** Translates a pointer into `event` to one into the CloudEvent. */
  readonly pointerOf: (pointer: string) => string;
}

export type CloudEventReading = MappedCloudEvent | { readonly error: FieldError };

/** Who sends decides what a subject that names neither a customer nor a key means. */
export interface CloudEventContext {
  /** True for a customer's own key: the use is then the key's, and the subject a label of it. */
  readonly isSubjectFree: boolean;
}

const KNOWN_TOKEN_FIELDS = ['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens'];
const TOKEN_FIELD = /_tokens(?:_details)?$/;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** `source` is written so that it holds no slash: the first one ends it, and no two pairs share an id. */
export function identityOf(source: string, id: string): string {
  return `${encodeURIComponent(source)}/${id}`;
}

export function readCloudEvent(envelope: unknown, context: CloudEventContext): CloudEventReading {
  if (!isRecord(envelope)) return refuse('', 'A CloudEvent must be an object.');
  const { specversion, data_base64: base64, datacontenttype: dataType } = envelope;
  if (specversion !== '1.0') return refuse('/specversion', 'Must be "1.0".');
  for (const name of ['id', 'source', 'type']) {
    if (typeof envelope[name] !== 'string' || envelope[name] === '') return refuse(`/${name}`, 'Must be text.');
  }
  for (const name of ['subject', 'time']) {
    if (isSet(envelope[name]) && typeof envelope[name] !== 'string') return refuse(`/${name}`, 'Must be text.');
  }
  if (isSet(base64)) return refuse('/data_base64', 'Binary data is not an event; send JSON in `data`.');
  if (isSet(dataType) && !(typeof dataType === 'string' && JSON_TYPE.test(dataType))) {
    return refuse('/datacontenttype', 'Must be a JSON media type.');
  }
  const data = envelope['data'] ?? {};
  if (!isRecord(data)) return refuse('/data', 'Must be an object.');
  const subject = readSubject(envelope, context);
  if ('error' in subject) return subject;
  return mapData({ envelope, data, subject });
}

interface Subject {
  readonly owner: Members;
  readonly label: string | undefined;
}

function readSubject(envelope: Members, context: CloudEventContext): Subject | { readonly error: FieldError } {
  const subject = envelope['subject'] ?? '';
  if (typeof subject !== 'string' || subject === '') return { owner: {}, label: undefined };
  if (isKeyId(subject)) return { owner: { key: subject }, label: undefined };
  if (isCustomerId(subject)) return { owner: { customer: subject }, label: undefined };
  if (context.isSubjectFree) return { owner: {}, label: subject };
  return refuse(
    '/subject',
    'Must be the id of a customer (`cus_…`) or an API key (`key_…`): an operator’s key reports for others.',
  );
}

interface Parts {
  readonly envelope: Members;
  readonly data: Members;
  readonly subject: Subject;
}

function mapData(parts: Parts): MappedCloudEvent {
  const { data, envelope } = parts;
  if (typeof data['model'] === 'string' && KNOWN_TOKEN_FIELDS.some((name) => data[name] !== undefined)) {
    return mapFlatUsage(parts);
  }
  return isLlm(envelope['type']) || holdsEventMembers(data) ? mapMembers(parts) : mapMeter(parts);
}

/** `data` as in `{"model": "gpt-4o", "cost": 0.1, "prompt_tokens": 12, "completion_tokens": 3}`. */
function mapFlatUsage({ envelope, data, subject }: Parts): MappedCloudEvent {
  const usage: Record<string, unknown> = {};
  const members: Record<string, unknown> = {};
  const labels: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    if (TOKEN_FIELD.test(name)) usage[name] = value;
    else if (name === 'metadata' && isRecord(value)) Object.assign(labels, value);
    else if (EVENT_MEMBERS.has(name)) members[name] = value;
    else if (isSet(value)) labels[name === 'cost' ? 'reported_cost' : name] = value;
  }
  const type = isLlm(envelope['type']) ? envelope['type'] : 'llm.chat';
  if (type !== envelope['type']) labels['event_type'] = envelope['type'];
  const event = { ...members, ...frame({ envelope, subject, labels }), type, usage };
  return { event, isMeter: false, pointerOf: placeIn({ usage: '/data', metadata: '/data' }) };
}

function mapMembers({ envelope, data, subject }: Parts): MappedCloudEvent {
  const labels: Record<string, unknown> = isRecord(data['metadata']) ? { ...data['metadata'] } : {};
  const isUsage = typeof data['model'] === 'string' && !isRecord(data['data']);
  const type = isUsage && !isLlm(envelope['type']) ? 'llm.chat' : envelope['type'];
  if (type !== envelope['type']) labels['event_type'] = envelope['type'];
  const event = { ...data, ...frame({ envelope, subject, labels }), type };
  return { event, isMeter: false, pointerOf: placeIn({}) };
}

function mapMeter({ envelope, data, subject }: Parts): MappedCloudEvent {
  const event = { ...frame({ envelope, subject, labels: {} }), type: envelope['type'], data };
  return { event, isMeter: true, pointerOf: placeIn({ data: '/data' }) };
}

function frame(parts: {
  readonly envelope: Members;
  readonly subject: Subject;
  readonly labels: Members;
}): Record<string, unknown> {
  const { envelope, subject } = parts;
  const metadata = { ...parts.labels, ...(subject.label === undefined ? {} : { subject: subject.label }) };
  return {
    id: identityOf(String(envelope['source']), String(envelope['id'])),
    ...(isSet(envelope['time']) ? { time: envelope['time'] } : {}),
    ...subject.owner,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** True for members of an event that say what is counted, and nothing else beside them. */
function holdsEventMembers(data: Members): boolean {
  if (!Object.keys(data).every((name) => EVENT_MEMBERS.has(name))) return false;
  if (isRecord(data['data'])) return true;
  return typeof data['model'] === 'string' && ['usage', 'input', 'output'].some((name) => isSet(data[name]));
}

function placeIn(places: Readonly<Record<string, string>>): (pointer: string) => string {
  return (pointer) => {
    const [, name = '', ...rest] = pointer.split('/');
    if (name === '' || name === 'id' || name === 'type' || name === 'time') return pointer;
    return [places[name] ?? `/data/${name}`, ...rest].join('/');
  };
}

function isLlm(type: unknown): boolean {
  return typeof type === 'string' && isLlmEventType(type);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function refuse(pointer: string, detail: string): { readonly error: FieldError } {
  return { error: { pointer, detail } };
}
