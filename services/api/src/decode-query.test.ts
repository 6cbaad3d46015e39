import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { COMMA_SEPARATED, createQueryDecoder } from './decode-query.ts';

const Values = Type.Array(Type.String(), { minItems: 1 });
const decode = createQueryDecoder<object>(
  Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
      name: Type.Optional(Type.String({ minLength: 1 })),
      group_by: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { [COMMA_SEPARATED]: true })),
      model: Type.Optional(Values),
      metadata: Type.Optional(
        Type.Record(Type.String({ pattern: '^[\\s\\S]{1,8}$' }), Values, { additionalProperties: false }),
      ),
    },
    { additionalProperties: false },
  ),
);

it.each([
  ['', {}],
  ['limit=3', { limit: 3 }],
  ['name=3', { name: '3' }],
  ['group_by=a,b&group_by=c', { group_by: ['a', 'b', 'c'] }],
  ['model=a,b&model=c', { model: ['a,b', 'c'] }],
  ['metadata.team=red&metadata.team=blue&metadata.a.b=1', { metadata: { team: ['red', 'blue'], 'a.b': ['1'] } }],
  ['name=%E2%9C%93+a%2Bb', { name: '✓ a+b' }],
])('reads %j', (query, expected) => {
  expect(decode(new URLSearchParams(query))).toEqual(expected);
});

describe('refuses, naming the parameter,', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=99999999999999999999', 'limit'],
    ['name=a&name=a', 'name'],
    ['name=', 'name'],
    ['name=%00', 'name'],
    ['group_by=a,,b', 'group_by'],
    ['nam=a', 'nam'],
    ['metadata=a', 'metadata'],
    ['metadata.=a', 'metadata.'],
    ['metadata.123456789=a', 'metadata.123456789'],
    ['__proto__=a', '__proto__'],
    ['constructor=a', 'constructor'],
    ['toString=a', 'toString'],
  ])('%j', (query, parameter) => {
    expect(() => decode(new URLSearchParams(query))).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: expect.arrayContaining([expect.objectContaining({ pointer: parameter })]),
      }),
    );
  });

  it('more parameters than any question has', () => {
    const many = new URLSearchParams('model=a&'.repeat(201));
    expect(() => decode(many)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });
});
