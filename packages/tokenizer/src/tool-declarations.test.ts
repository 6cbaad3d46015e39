import { describe, expect, it } from 'vitest';
import { declareTools } from './tool-declarations.ts';

function typeOf(parameters: unknown, style: 'current' | '2023' = 'current'): string | undefined {
  return declareTools([{ name: 'f', description: '', parameters }], style)
    ?.text.split('\n\n')
    .slice(1, -1)
    .join('\n\n');
}

const object = (properties: unknown, required: readonly string[] = []) => ({ type: 'object', properties, required });

it('writes one namespace, each tool with its description as comments', () => {
  const declarations = declareTools(
    [
      { name: 'ring', description: '  Rings the bell.\n\nOnce.  ', parameters: object({}) },
      { name: 'stop', description: '', parameters: undefined },
    ],
    'current',
  );
  expect(declarations).toEqual({
    text: [
      'namespace functions {',
      '',
      '// Rings the bell.',
      '//',
      '// Once.',
      'type ring = () => any;',
      '',
      'type stop = () => any;',
      '',
      '} // namespace functions',
    ].join('\n'),
    isConfirmed: true,
  });
});

describe('types', () => {
  it.each([
    [
      'nothing described: one line',
      object({ a: { type: 'string' }, b: { type: 'integer' } }, ['a']),
      '{ a: string, b?: number }',
    ],
    ['an enum', object({ a: { type: 'string', enum: ['x', 'y"z'] } }), '{ a?: "x" | "y\\"z" }'],
    ['an enum of numbers', object({ a: { type: 'integer', enum: [-1, 1] } }), '{ a?: -1 | 1 }'],
    ['an array', object({ a: { type: 'array', items: { type: 'boolean' } } }), '{ a?: boolean[] }'],
    ['an array of anything', object({ a: { type: 'array' } }), '{ a?: any[] }'],
    ['variants', object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }), '{ a?: string | null }'],
    ['what is referred to', object({ a: { $ref: '#/$defs/a' } }), '{ a?: any }'],
    ['no type', object({ a: {} }), '{ a?: any }'],
    ['an object in an object', object({ a: object({ b: { type: 'null' } }, ['b']) }, ['a']), '{ a: { b: null } }'],
    [
      'one description: a line for each property',
      object({ a: { type: 'string', description: 'The first.\nStill.' }, b: { type: 'number' } }),
      '{\n// The first.\n// Still.\na?: string,\nb?: number,\n}',
    ],
    [
      'a description of the whole',
      { ...object({ a: { type: 'string' } }), description: 'All of it.' },
      '// All of it.\n{ a?: string }',
    ],
  ])('%s', (_, parameters, type) => {
    expect(typeOf(parameters)).toBe(`type f = (_: ${type}) => any;`);
  });

  it('of 2023 stand on lines of their own, and only the parameters are described', () => {
    const inner = object({ b: { type: 'string', description: 'Left out.' } });
    const parameters = object({ a: { ...inner, description: 'Kept.' } }, ['a']);
    expect(typeOf(parameters, '2023')).toBe('type f = (_: {\n// Kept.\na: {\n  b?: string,\n},\n}) => any;');
  });
});

describe('what no recorded call confirms', () => {
  it.each([
    ['a bound', object({ a: { type: 'integer', minimum: 1 } })],
    ['a constant', object({ a: { type: 'string', const: 'x' } })],
    ['a list of types', object({ a: { type: ['string', 'null'] } })],
    ['a default that is written', object({ a: { type: 'string', description: 'A.', default: 'x' } })],
  ])('%s is told', (_, parameters) => {
    expect(declareTools([{ name: 'f', description: '', parameters }], 'current')?.isConfirmed).toBe(false);
  });
});

describe('hostile schemas', () => {
  const declare = (parameters: unknown) => declareTools([{ name: 'f', description: '', parameters }], 'current');

  it('that nest without end are not written', () => {
    let schema: unknown = { type: 'string' };
    for (let depth = 0; depth < 5_000; depth++) schema = object({ a: schema });
    expect(declare(schema)).toBeUndefined();
  });

  it('with ten thousand properties are', () => {
    const properties = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`p${n}`, { type: 'string' }]));
    expect(declare(object(properties))?.text).toContain('p9999?: string');
  });

  it('with more than twenty thousand are not', () => {
    const properties = Object.fromEntries(Array.from({ length: 20_001 }, (_, n) => [`p${n}`, { type: 'string' }]));
    expect(declare(object(properties))).toBeUndefined();
  });

  it.each([
    ['properties of no shape', object({ a: null, b: 7, c: [], d: 'x' })],
    ['lists for objects', { type: 'object', properties: [], required: 'a' }],
    ['an enum of objects', object({ a: { type: 'string', enum: [{}, null, [1]] } })],
    ['variants of no shape', object({ a: { anyOf: [null, 3, { anyOf: [] }] } })],
    ['names of an object', object(JSON.parse('{"__proto__": {"type": "string"}, "constructor": {}}'))],
  ])('%s do not throw', (_, parameters) => {
    expect(declare(parameters)?.text).toContain('namespace functions');
  });
});
