import { TollgateError } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFlaw } from './json-flaws.ts';
import { parseStrictJson } from './strict-json.ts';

const LIMITS = { depthMax: 8, elementsMax: 5 };

function parse(text: string | Uint8Array) {
  return parseStrictJson(Buffer.from(typeof text === 'string' ? Buffer.from(text) : text), LIMITS);
}

function refusal(text: string | Uint8Array): { code: string; detail: string; pointer: string | undefined } {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof TollgateError) {
      return { code: error.code, detail: error.detail, pointer: error.errors[0]?.pointer };
    }
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('bodies that are refused as a whole', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /empty/],
    ['white space', ' \n', /empty/],
    ['a byte-order mark', '\ufeff{}', /byte-order mark/],
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), /UTF-8/],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), /UTF-8/],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /UTF-8/],
    ['something cut off', '{"a":1', /not JSON/],
    ['a string that does not end', '{"a":"', /not JSON/],
    ['a string that ends in a backslash', '"\\', /not JSON/],
    ['something behind', '{} {}', /not JSON/],
    ['something behind an array', '[] x', /not JSON/],
    ['a trailing comma', '[1,]', /not JSON/],
    ['two commas', '[1,,2]', /not JSON/],
    ['single quotes', "{'a':1}", /not JSON/],
    ['NaN', '[NaN]', /not JSON/],
    ['a leading zero', '01', /not JSON/],
    ['a comment', '{} // no', /not JSON/],
    ['a control character in a string', '"\u0001"', /not JSON/],
    ['brackets that do not match', '[{]}', /not JSON/],
    ['deep nesting', '['.repeat(9) + ']'.repeat(9), /deeper than 8/],
    ['deep nesting without an end', '{"a":'.repeat(1_000_000), /deeper than 8/],
  ])('%s', (_name, text, sentence) => {
    expect(refusal(text)).toMatchObject({ code: 'malformed_json', detail: expect.stringMatching(sentence) });
  });

  it('more elements than allowed, without reading them all', () => {
    expect(refusal('[1,2,3,4,5,6]').code).toBe('batch_too_large');
    expect(refusal(`[${','.repeat(5_000_000)}]`).code).toBe('batch_too_large');
    expect(parse('[1,2,3,4,5]').elements).toHaveLength(5);
  });

  it('nesting, with the element that is too deep', () => {
    expect(refusal(`[1,${'['.repeat(8)}${']'.repeat(8)}]`).pointer).toBe('/1');
    expect(parse(`[${'['.repeat(7)}${']'.repeat(7)}]`).elements).toHaveLength(1);
  });
});

describe('flaws of elements', () => {
  it.each<[string, string, string, RegExp]>([
    ['a member twice', '{"a":1,"b":{"c":1,"c":1}}', '/b/c', /twice/],
    ['a member twice, once escaped', '{"a":1,"\\u0061":2}', '/a', /twice/],
    ['a member with a slash and a tilde twice', '{"/~":1,"/~":2}', '/~1~0', /twice/],
    ['__proto__', '{"a":[{"__proto__":{}}]}', '/a/0/__proto__', /__proto__/],
    ['__proto__ escaped', '{"\\u005f_proto__":1}', '/__proto__', /__proto__/],
    ['a number that overflows', '[[0,1e400]]', '/0/1', /9007199254740991/],
    ['a number that overflows downwards', '{"a":-1e999}', '/a', /9007199254740991/],
    ['an integer that is not safe', '{"n":9007199254740993}', '/n', /string/],
    ['a negative integer that is not safe', '{"n":-9007199254740992}', '/n', /string/],
    ['a large number with an exponent', '{"n":1e20}', '/n', /string/],
    ['a lone high surrogate', '{"t":"a\\ud83d"}', '/t', /surrogate/],
    ['a lone low surrogate', '{"t":"\\uDE00b"}', '/t', /surrogate/],
    ['two high surrogates', '{"t":"\\uD83D\\uD83D\\uDE00"}', '/t', /surrogate/],
    ['a lone surrogate in a name', '{"x":{"\\ud800":1}}', '/x', /surrogate/],
    ['a surrogate behind an escaped backslash', '{"t":"\\\\\\ud800"}', '/t', /surrogate/],
  ])('%s', (_name, text, pointer, sentence) => {
    const inArray = text.startsWith('[');
    const { elements } = parse(text);
    const flaw = elements.find((element) => element.flaw !== undefined)?.flaw;
    expect(flaw).toEqual({
      pointer: expect.stringContaining(inArray ? '/0' : pointer),
      detail: expect.stringMatching(sentence),
    });
    expect(flaw?.pointer).toBe(pointer);
  });

  it.each([
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
    '{"t":"\\ud83d\\ude00 \\\\ud83d \\u00e9 😀"}',
    '{"t":"a:b,{}[]\\"c\\":","u":"\\\\"}',
    '{"n":9007199254740991,"m":-9007199254740991,"x":1.5e-300,"z":-0}',
    '{"proto":1,"__proto":2,"constructor":{"prototype":1}}',
    '{"":{"":""}}',
    '"just text"',
  ])('none in %s', (text) => {
    expect(parse(text).elements[0]?.flaw).toBeUndefined();
  });

  it('belong to their element alone', () => {
    const flaws = parse('[{"a":1},{"a":1,"a":2},"\\ud800",7]').elements.map(({ flaw }) => flaw?.pointer);
    expect(flaws).toEqual([undefined, '/1/a', '/2', undefined]);
  });
});

it.each(['', '[', '[}', '{"a"', '{"a":}', ']'])('the search for flaws ends on %j, which is not JSON', (text) => {
  expect(() => findFlaw(text, '')).toThrow('not JSON');
});

describe('against a slow model', () => {
  it('finds each flaw, and where each element lies', () => {
    fc.assert(
      fc.property(fc.array(node(3), { maxLength: 5 }), fc.array(space), (nodes, spaces) => {
        const pieces = nodes.map((element) => element.text);
        const pad = (index: number): string => spaces[index % Math.max(spaces.length, 1)] ?? '';
        const text = `${pad(0)}[${pieces.map((piece, index) => pad(index) + piece + pad(index + 1)).join(',')}]${pad(2)}`;
        const { isArray, elements } = parse(text);
        expect(isArray).toBe(true);
        expect(elements.map(({ bytes }) => bytes.toString())).toEqual(pieces);
        expect(elements.map(({ flaw }) => flaw !== undefined)).toEqual(nodes.map(({ isFlawed }) => isFlawed));
        for (const { bytes, value } of elements) expect(value).toEqual(JSON.parse(bytes.toString()));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses exactly what JSON.parse refuses when a character is changed', () => {
    const change = fc.record({ at: fc.nat(), to: fc.constantFrom(...'{}[]",:\\0eE-.tn \n\u0001é'), cut: fc.nat(2) });
    fc.assert(
      fc.property(node(3), change, ({ text }, { at, to, cut }) => {
        const place = at % (text.length + 1);
        const changed = Buffer.from(text.slice(0, place) + to + text.slice(place + cut)).toString();
        fc.pre(!changed.includes('\ufffd'));
        expect(isRefused(() => parse(changed))).toBe(isRefused(() => JSON.parse(changed)));
      }),
      { numRuns: 5_000 },
    );
  });
});

function isRefused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch {
    return true;
  }
}

/** A JSON text that was put together from parts, so that it is known whether it has a flaw. */
interface Node {
  readonly text: string;
  readonly isFlawed: boolean;
}

const space = fc.constantFrom('', ' ', '\n', '\t  ');

const string: fc.Arbitrary<Node> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.string({ unit: 'grapheme' }).map((text) => ({ text: JSON.stringify(text), isFlawed: false })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('"\\ud83d\\ude00"', '"\\\\ud800"', '"\\"[{:,"')
      .map((text) => ({ text, isFlawed: false })),
  },
  { weight: 1, arbitrary: fc.constantFrom('"\\ud83d"', '"x\\\\\\udfff"').map((text) => ({ text, isFlawed: true })) },
);

const scalar: fc.Arbitrary<Node> = fc.oneof(
  { weight: 4, arbitrary: string },
  {
    weight: 4,
    arbitrary: fc.constantFrom('0', '-1.5', '12e3', 'true', 'null').map((text) => ({ text, isFlawed: false })),
  },
  { weight: 1, arbitrary: fc.constantFrom('1e400', '9007199254740992').map((text) => ({ text, isFlawed: true })) },
);

function node(depth: number): fc.Arbitrary<Node> {
  if (depth === 0) return scalar;
  const below = node(depth - 1);
  const name = fc.constantFrom('a', 'b', 'c', '', 'é', '__proto__', 'toString');
  const array = fc.tuple(fc.array(below, { maxLength: 3 }), space).map(([nodes, gap]) => ({
    text: `[${nodes.map(({ text }) => gap + text).join(`${gap},`)}${gap}]`,
    isFlawed: nodes.some(({ isFlawed }) => isFlawed),
  }));
  const object = fc.tuple(fc.array(fc.tuple(name, below), { maxLength: 4 }), space).map(([members, gap]) => ({
    text: `{${members.map(([key, { text }]) => `${gap}${JSON.stringify(key)}${gap}:${gap}${text}`).join(',')}${gap}}`,
    isFlawed:
      members.some(([key, { isFlawed }]) => isFlawed || key === '__proto__') ||
      new Set(members.map(([key]) => key)).size < members.length,
  }));
  return fc.oneof(scalar, array, object);
}
