// A request's query, checked against its route's schema. What is not known is refused by name: a mistyped filter that is
// ignored would answer another question.

import { type FieldError, TollgateError } from '@tollgate/domain';
import type { TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { isStorable } from './decode-body.ts';
import { toFieldErrors } from './validation-errors.ts';

/** Marks a list whose values may also stand in one parameter, with commas between them. */
export const COMMA_SEPARATED = 'x-comma-separated';

/** `metadata.NAME=value` is gathered under `metadata`, where the schema has it. */
const METADATA_PREFIX = 'metadata.';

const PARAMETERS_MAX = 200;
const INTEGER = /^\d{1,15}$/;

export type QueryDecoder<Query> = (search: URLSearchParams) => Query;

export function createQueryDecoder<Query>(schema: TObject): QueryDecoder<Query> {
  const validator = Compile(schema);
  const isValid = (value: unknown): value is Query => validator.Check(value);
  return (search) => {
    const { values, errors } = gather(schema, search);
    if (errors.length > 0) throw invalidQuery(errors);
    if (!isValid(values)) throw invalidQuery(toFieldErrors(validator.Errors(values)).map(namedByParameter));
    return values;
  };
}

function gather(schema: TObject, search: URLSearchParams) {
  const values: Record<string, unknown> = {};
  const metadata: Record<string, string[]> = Object.create(null);
  const errors: FieldError[] = [];
  const texts = new Map<string, string[]>();
  const entries = [...search];
  if (entries.length > PARAMETERS_MAX) {
    return { values, errors: [{ pointer: '', detail: `has more than ${PARAMETERS_MAX} parameters.` }] };
  }
  for (const [name, text] of entries) texts.set(name, [...(texts.get(name) ?? []), text]);

  for (const [name, given] of texts) {
    const isLabel = name.startsWith(METADATA_PREFIX) && Object.hasOwn(schema.properties, 'metadata');
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (!isStorable(name) || given.some((text) => !isStorable(text))) {
      errors.push({ pointer: name, detail: 'holds a NUL, which no value has.' });
    } else if (isLabel) {
      metadata[name.slice(METADATA_PREFIX.length)] = given;
    } else if (property === undefined || name === 'metadata') {
      errors.push({ pointer: name, detail: `is not a parameter of this route. It takes ${parametersOf(schema)}.` });
    } else if (isList(property)) {
      values[name] = COMMA_SEPARATED in property ? given.flatMap((text) => text.split(',')) : given;
    } else if (given.length > 1) {
      errors.push({ pointer: name, detail: 'may be given once.' });
    } else {
      values[name] = readScalar(property, given[0] ?? '');
    }
  }
  if (Object.keys(metadata).length > 0) values['metadata'] = metadata;
  return { values, errors };
}

function isList(schema: TSchema): boolean {
  return 'type' in schema && schema.type === 'array';
}

function readScalar(schema: TSchema, text: string): unknown {
  const isInteger = 'type' in schema && schema.type === 'integer';
  return isInteger && INTEGER.test(text) ? Number(text) : text;
}

function parametersOf(schema: TObject): string {
  const names = Object.keys(schema.properties).map((name) => (name === 'metadata' ? 'metadata.NAME' : name));
  return names.length === 0 ? 'none' : names.join(', ');
}

/** A query has no JSON pointers: its errors name the parameter. */
function namedByParameter({ pointer, detail }: FieldError): FieldError {
  const [name = '', label] = pointer.slice(1).split('/');
  return { pointer: name === 'metadata' && label !== undefined ? `${METADATA_PREFIX}${label}` : name, detail };
}

function invalidQuery(errors: readonly FieldError[]): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'The query does not have the form that this route takes. See `errors`.',
    errors,
  });
}
