// What somebody would send who wants a boundary to give way: values for the members that boundaries look at, and changes to
// values and texts that were right before.

import fc from 'fast-check';

const REPEATS = [255, 256, 257, 512, 1_000, 4_097];

const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'null',
    '-',
    '0',
    '-0',
    '1e400',
    'NaN',
    '\ud800',
    '\udfff',
    '\u202e',
    '%00',
    '%',
    '+',
    "'",
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '*',
    '**',
    '<|endoftext|>',
    '{{7*7}}',
    "a'); --",
  ),
  fc
    .tuple(fc.constantFrom('a', '9', '中', '😀', '*', '\\', '"', '[', '.', '/'), fc.constantFrom(...REPEATS))
    .map(([of, count]) => of.repeat(count)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    -1,
    1,
    0.1,
    -0.5,
    1e-7,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 53),
    1e21,
    1e300,
    5e-324,
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const time = fc.oneof(
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-11-24T24:00:00Z', '2026-06-30T23:59:60Z', '0000-01-01T00:00:00Z'),
  fc.constantFrom(
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '2026-11-24T00:00:00-24:00',
  ),
  fc.constantFrom(
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '2299-12-31T23:59:59Z',
    '2106-02-07T06:28:16Z',
    'now',
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

const decimal = fc.oneof(
  fc.constantFrom('0', '-0', '00', '0.0', '.5', '5.', '1e3', '0x10', '１', '1,5', '-1', '+1', ' 1', '1 ', 'Infinity'),
  fc.constantFrom(
    '9'.repeat(18),
    '9'.repeat(24),
    '9'.repeat(39),
    `0.${'0'.repeat(11)}1`,
    `0.${'0'.repeat(23)}1`,
    '170141183460469231731687303715884105728',
  ),
  fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }).map(String),
);

const address = fc.oneof(
  fc.constantFrom(
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.1/8',
    '::1/129',
    '::ffff:127.0.0.1/96',
    'fe80::1%eth0',
    '1.2.3',
  ),
  fc.constantFrom(
    '010.0.0.1',
    '0x7f.1',
    '256.1.1.1',
    '1.1.1.1/-1',
    '1.1.1.1/08',
    '1.1.1.1/',
    '/',
    '::1::',
    ':::',
    '1:2:3:4:5:6:7:8:9',
  ),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(140)).map(([ip, bits]) => `${ip}/${bits}`),
);

const url = fc.oneof(
  fc.constantFrom(
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://localhost./',
    'http://a',
  ),
  fc.constantFrom(
    'https://a:b@example.com/',
    'https://example.com:0/',
    'https://example.com:99999/',
    'https://',
    'https:example.com',
  ),
  fc.constantFrom(
    'https://exa\tmple.com/',
    'https://ｅxample.com/',
    'https://example.com%00.evil/',
    'https://xn--a/',
    '//example.com',
    'file:///etc/passwd',
  ),
  fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ['http', 'https', 'ftp', 'javascript'] }),
  fc.nat(260).map((count) => `https://${'a.'.repeat(count)}example/`),
);

const name = fc.oneof(
  fc.constantFrom(
    'Europe/Berlin',
    'UTC',
    'Etc/GMT+12',
    'Mars/Olympus',
    'europe/berlin',
    'EUR',
    'eur',
    'JPY',
    'XXX',
    'BHD',
  ),
  fc.constantFrom(
    'gpt-4o',
    'gpt-4o-2024-08-06',
    'claude-*',
    'ft:gpt-4o:a:b:c',
    'text-embedding-3-small',
    'openai',
    'anthropic',
    'gemini',
  ),
  fc.constantFrom('usage:write', 'usage:write:any', 'admin', 'llm.chat', 'input', 'output', 'requests', 'meter:calls'),
);

/** Deep and wide, but no larger than a few thousand characters. */
const nested = fc.oneof(
  fc.constantFrom(10, 63, 64, 65, 200).map((depth) => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
    return value;
  }),
  fc
    .constantFrom(51, 101, 1_001)
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]))),
  fc.constantFrom(51, 101, 1_001).map((count) => Array.from({ length: count }, (_, at) => at)),
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(text, time, decimal, address, url, name);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  { weight: 3, arbitrary: number },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [null], [[]], { '': '' }) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

export interface Change {
  /** Which of the places of the value, counted in its order and from the start again past its end. */
  readonly place: number;
  readonly to: unknown;
}

/** Mostly none, so that requests get past the checks. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 4,
    arbitrary: fc.array(fc.record({ place: fc.nat(200), to: hostileValue }), { minLength: 1, maxLength: 3 }),
  },
);

export function changed(value: unknown, all: readonly Change[]): unknown {
  return all.reduce((made: unknown, { place, to }) => {
    const at = { left: place % placesOf(made) };
    return replaced(made, at, to);
  }, value);
}

function placesOf(value: unknown): number {
  return typeof value === 'object' && value !== null
    ? 1 + Object.values(value).reduce((sum: number, member) => sum + placesOf(member), 0)
    : 1;
}

function replaced(value: unknown, at: { left: number }, to: unknown): unknown {
  if (at.left-- === 0) return to;
  if (Array.isArray(value)) return value.map((member) => replaced(member, at, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaced(member, at, to)]));
}

/** Of a text as it goes over the wire: rarely anything. */
export const damage: fc.Arbitrary<(sent: string) => string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant((sent: string) => sent) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        at: fc.nat(2_000),
        remove: fc.nat(3),
        insert: fc.oneof(fc.constantFrom('"', '{', ']', ',', '\u0000', '\\u', '1e999'), text),
      })
      .map(({ at, remove, insert }) => (sent: string) => {
        const from = sent.length === 0 ? 0 : at % sent.length;
        return `${sent.slice(0, from)}${insert}${sent.slice(from + remove)}`;
      }),
  },
);
