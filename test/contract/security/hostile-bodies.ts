// Bodies that two readers could understand differently, that are too much, or that are not what they say; and fields that
// must not get through.

import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { EVENT } from './hostile-credentials.ts';
import { bearer, chunked, type Header, type HostileRow, JSON_TYPE } from './hostile-request.ts';

const MIB = 1024 * 1024;
const events = (count: number): string =>
  `[${Array.from({ length: count }, (_, index) => EVENT.replace('hostile', `e${index}`)).join(',')}]`;
const eventWith = (member: string): string => EVENT.replace('{', `{${member},`);
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

type BodyRow = readonly [
  name: string,
  status: number,
  code: string,
  body: () => string | Uint8Array,
  headers?: readonly Header[],
];

const ingested: readonly BodyRow[] = [
  ['an empty body', 400, 'malformed_json', () => ''],
  ['no JSON', 400, 'malformed_json', () => 'hello'],
  ['two documents', 400, 'malformed_json', () => `${EVENT}${EVENT}`],
  ['JSON with a comment', 400, 'malformed_json', () => `/* */${EVENT}`],
  ['JSON in apostrophes', 400, 'malformed_json', () => "{'id':'a'}"],
  ['NaN', 400, 'malformed_json', () => eventWith('"latency_ms":NaN')],
  ['a byte-order mark', 400, 'malformed_json', () => `\ufeff${EVENT}`],
  ['UTF-16', 400, 'malformed_json', () => Buffer.from(EVENT, 'utf16le')],
  ['bytes that are no UTF-8', 400, 'malformed_json', () => Buffer.from(eventWith('"provider":"\xff"'), 'latin1')],
  [
    'overlong UTF-8',
    400,
    'malformed_json',
    () => Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
  ],
  ['half a surrogate pair', 400, 'malformed_json', () => eventWith('"region":"\\ud800"')],
  ['a member twice', 400, 'malformed_json', () => eventWith('"id":"other"')],
  ['a member twice, once escaped', 400, 'malformed_json', () => eventWith('"\\u0069d":"other"')],
  ['__proto__', 400, 'malformed_json', () => eventWith('"__proto__":{"customer":"cus_x"}')],
  ['__proto__ escaped', 400, 'malformed_json', () => eventWith('"__pr\\u006fto__":{"customer":"cus_x"}')],
  ['a number that is infinite', 400, 'malformed_json', () => eventWith('"latency_ms":1e400')],
  [
    'a number past 2^53',
    400,
    'malformed_json',
    () => EVENT.replace('"prompt_tokens":1', '"prompt_tokens":9007199254740993'),
  ],
  ['65 lists in each other', 400, 'malformed_json', () => eventWith(`"input":${nested(65)}`)],
  ['100,000 lists in each other', 400, 'malformed_json', () => nested(100_000)],
  ['an empty list', 400, 'invalid_request', () => '[]'],
  ['1,001 events', 413, 'batch_too_large', () => events(1_001)],
  ['a number', 422, 'invalid_event', () => '1'],
  ['null', 422, 'invalid_event', () => 'null'],
  ['an empty event', 422, 'invalid_event', () => '{}'],
  ['an id that is a number', 422, 'invalid_event', () => EVENT.replace('"hostile"', '1')],
  ['an id with a NUL', 422, 'invalid_event', () => EVENT.replace('hostile', '\\u0000')],
  ['an id of 10,000 characters', 422, 'invalid_event', () => EVENT.replace('hostile', 'a'.repeat(10_000))],
  ['a member that nobody knows', 422, 'invalid_event', () => eventWith('"cost":0')],
  ['use of another customer', 422, 'invalid_event', () => eventWith('"customer":"cus_01kasy5b0f0123456789abcdef"')],
  ['a time of last year', 422, 'timestamp_out_of_range', () => eventWith('"time":"2020-01-01T00:00:00Z"')],
  ['a time of next century', 422, 'timestamp_out_of_range', () => eventWith('"time":"2120-01-01T00:00:00Z"')],
  ['a time without a zone', 422, 'invalid_event', () => eventWith('"time":"2026-11-24T09:30:00"')],
  ['a time that is a number', 422, 'invalid_event', () => eventWith('"time":1764000000')],
  ['text for JSON', 415, 'unsupported_media_type', () => EVENT, [['Content-Type', 'text/plain']]],
  ['no type', 415, 'unsupported_media_type', () => EVENT, []],
  [
    'a form for JSON',
    415,
    'unsupported_media_type',
    () => EVENT,
    [['Content-Type', 'application/x-www-form-urlencoded']],
  ],
  [
    'another charset',
    415,
    'unsupported_media_type',
    () => EVENT,
    [['Content-Type', 'application/json; charset=utf-7']],
  ],
  ['JSON that only begins so', 415, 'unsupported_media_type', () => EVENT, [['Content-Type', 'application/jsonp']]],
  ['a gzip bomb', 413, 'body_too_large', () => gzipSync(Buffer.alloc(20 * MIB, 0x20)), encoded('gzip')],
  [
    'a brotli bomb',
    413,
    'body_too_large',
    () => brotliCompressSync(Buffer.alloc(20 * MIB, 0x20), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    encoded('br'),
  ],
  ['gzip twice', 415, 'unsupported_encoding', () => gzipSync(gzipSync(EVENT)), encoded('gzip, gzip')],
  ['deflate', 415, 'unsupported_encoding', () => deflateSync(EVENT), encoded('deflate')],
  ['zstd', 415, 'unsupported_encoding', () => EVENT, encoded('zstd')],
  ['an encoding that nobody knows', 415, 'unsupported_encoding', () => EVENT, encoded('rot13')],
  ['gzip that is none', 400, 'invalid_request', () => EVENT, encoded('gzip')],
  ['gzip that is cut off', 400, 'invalid_request', () => gzipSync(EVENT).subarray(0, -4), encoded('gzip')],
  ['gzip with a wrong checksum', 400, 'invalid_request', () => wrongChecksum(), encoded('gzip')],
  ['a length of a terabyte', 413, 'body_too_large', () => '', [JSON_TYPE, ['Content-Length', '1099511627776']]],
  [
    'chunks of more than 5 MiB',
    413,
    'body_too_large',
    () => chunked(...Array.from({ length: 6 }, () => Buffer.alloc(MIB, 0x20))),
    [JSON_TYPE, ['Transfer-Encoding', 'chunked']],
  ],
  [
    'a CloudEvent of another version',
    422,
    'invalid_event',
    () => '{"specversion":"0.3","id":"a","source":"b","type":"c"}',
    [['Content-Type', 'application/cloudevents+json']],
  ],
];

type ApiRow = readonly [
  name: string,
  status: number,
  code: string,
  body: string | Uint8Array,
  headers?: readonly Header[],
];

const keyWith = (fields: object): string => JSON.stringify({ name: 'k', scopes: ['usage:read'], ...fields });
const KEY = keyWith({});
const KEY_WITHOUT_END = KEY.slice(0, -1);

const administered: readonly ApiRow[] = [
  ['no body', 422, 'validation_failed', ''],
  ['no JSON', 400, 'malformed_json', 'hello'],
  ['a list', 422, 'validation_failed', '[]'],
  ['null', 422, 'validation_failed', 'null'],
  ['a member twice', 400, 'malformed_json', `${KEY_WITHOUT_END},"scopes":["admin"]}`],
  ['a member twice, once escaped', 400, 'malformed_json', `${KEY_WITHOUT_END},"sc\\u006fpes":["admin"]}`],
  ['a member twice, far inside', 400, 'malformed_json', `${KEY_WITHOUT_END},"metadata":{"a":[{"b":1,"b":2}]}}`],
  ['__proto__', 422, 'validation_failed', `${KEY_WITHOUT_END},"__proto__":{"scopes":["admin"]}}`],
  ['__proto__ in metadata', 422, 'validation_failed', `${KEY_WITHOUT_END},"metadata":{"__proto__":{"a":1}}}`],
  ['constructor as a member', 422, 'validation_failed', `${KEY_WITHOUT_END},"constructor":{"prototype":{"a":1}}}`],
  ['a number that is infinite', 422, 'validation_failed', `${KEY_WITHOUT_END},"metadata":{"a":1e400}}`],
  ['a number past 2^53', 422, 'validation_failed', `${KEY_WITHOUT_END},"metadata":{"a":9007199254740993}}`],
  ['half a surrogate pair', 422, 'validation_failed', `${KEY_WITHOUT_END},"metadata":{"a":"\\ud800"}}`],
  ['a NUL', 422, 'validation_failed', keyWith({ name: 'a\0b' })],
  ['21 objects in each other', 422, 'validation_failed', `${KEY_WITHOUT_END},"metadata":{"a":${nested(21)}}}`],
  ['49,000 lists in each other', 422, 'validation_failed', nested(49_000)],
  ['bytes that are no UTF-8', 400, 'malformed_json', Buffer.from(KEY.replace('"k"', '"\xff"'), 'latin1')],
  ['a byte-order mark', 400, 'malformed_json', `\ufeff${KEY}`],
  ['more than 100 KB', 413, 'body_too_large', keyWith({ name: 'a'.repeat(110_000) })],
  [
    'chunks of more than 100 KB',
    413,
    'body_too_large',
    chunked(KEY, ' '.repeat(110_000)),
    [JSON_TYPE, ['Transfer-Encoding', 'chunked']],
  ],
  ['text for JSON', 415, 'unsupported_media_type', KEY, [['Content-Type', 'text/plain']]],
  ['no type', 415, 'unsupported_media_type', KEY, []],
  ['another charset', 415, 'unsupported_media_type', KEY, [['Content-Type', 'application/json; charset=utf-16']]],
  ['a patch for a document', 415, 'unsupported_media_type', '[]', [['Content-Type', 'application/json-patch+json']]],
  ['gzip', 415, 'unsupported_encoding', gzipSync(KEY), [JSON_TYPE, ['Content-Encoding', 'gzip']]],
  ['a scope that nobody knows', 422, 'validation_failed', keyWith({ scopes: ['root'] })],
  ['no scopes', 422, 'validation_failed', keyWith({ scopes: [] })],
  ['a scope twice', 422, 'validation_failed', keyWith({ scopes: ['usage:read', 'usage:read'] })],
  ['scopes as text', 422, 'validation_failed', keyWith({ scopes: 'admin' })],
  ['a secret of one’s own', 422, 'validation_failed', keyWith({ secret: 'tg_live_mine' })],
  ['an id of one’s own', 422, 'validation_failed', keyWith({ id: 'key_mine' })],
  ['a customer that there is not', 422, 'validation_failed', keyWith({ customer: 'cus_01kasy5b0f0123456789abcdef' })],
  ['an end without a zone', 422, 'validation_failed', keyWith({ expires_at: '2030-01-01T00:00:00' })],
  ['a rate of zero', 422, 'validation_failed', keyWith({ rate_limits: { requests_per_minute: 0 } })],
  ['a rate below zero', 422, 'validation_failed', keyWith({ rate_limits: { requests_per_minute: -1 } })],
  ['half a request per minute', 422, 'validation_failed', keyWith({ rate_limits: { requests_per_minute: 0.5 } })],
  ['a rate as text', 422, 'validation_failed', keyWith({ rate_limits: { requests_per_minute: '10' } })],
  ['an Idempotency-Key with a space', 400, 'invalid_request', KEY, [JSON_TYPE, ['Idempotency-Key', 'a b']]],
  [
    'an Idempotency-Key of 300 characters',
    400,
    'invalid_request',
    KEY,
    [JSON_TYPE, ['Idempotency-Key', 'a'.repeat(300)]],
  ],
];

const RANGES = [
  '10.0.0.1/8',
  '010.0.0.0/8',
  '0x0a.0.0.0/8',
  '10.0.0/24',
  '10/8',
  '127.1',
  '2130706433',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/255.0.0.0',
  '256.0.0.1',
  ' 10.0.0.0/8',
  '10.0.0.0/8 ',
  '\uff11\uff10.0.0.0/8',
  '2001:DB8::/32',
  '2001:db8:0:0::/32',
  '2001:db8::1/32',
  '::/129',
  'fe80::1%eth0',
  '::ffff:10.0.0.1/104',
  '[::1]',
  '10.0.0.1:80',
  'localhost',
  '*',
];

const PATTERNS = ['', ' ', 'gpt 4', 'gpt\n4', 'a'.repeat(300), '\u202egpt'];

export const bodyRows: readonly HostileRow[] = [
  ...ingested.map(
    ([name, status, code, body, headers = [JSON_TYPE]]): HostileRow => ({
      name: `event: ${name}`,
      to: 'ingest',
      status,
      code,
      send: ({ keys }) => ({
        method: 'POST',
        path: '/v1/events',
        headers: [...headers, bearer(keys.writer.secret)],
        body: body(),
      }),
    }),
  ),
  ...administered.map(([name, status, code, body, headers = [JSON_TYPE]]) =>
    atKeys(`key: ${name}`, { status, code, body, headers }),
  ),
  ...RANGES.map((range) =>
    atKeys(`address range ${JSON.stringify(range)}`, {
      status: 422,
      code: 'invalid_cidr',
      body: keyWith({ allowed_ips: [range] }),
    }),
  ),
  ...PATTERNS.map((pattern) =>
    atKeys(`model pattern ${JSON.stringify(pattern.slice(0, 20))}`, {
      status: 422,
      code: 'validation_failed',
      body: keyWith({ allowed_models: [pattern] }),
    }),
  ),
];

function atKeys(
  name: string,
  row: Pick<HostileRow, 'status' | 'code'> & {
    readonly body: string | Uint8Array;
    readonly headers?: readonly Header[];
  },
): HostileRow {
  const { status, code, body, headers = [JSON_TYPE] } = row;
  return {
    name,
    to: 'api',
    status,
    code,
    send: ({ operator }) => ({ method: 'POST', path: '/v1/keys', headers: [...headers, bearer(operator)], body }),
  };
}

function encoded(coding: string): readonly Header[] {
  return [JSON_TYPE, ['Content-Encoding', coding]];
}

function wrongChecksum(): Uint8Array {
  const bytes = gzipSync(EVENT);
  bytes.writeUInt32LE(0, bytes.byteLength - 8);
  return bytes;
}
