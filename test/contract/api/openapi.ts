// Holds answers against the OpenAPI document that the api itself serves.

import { Compile } from 'typebox/schema';
import { expect } from 'vitest';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Fails unless the document has the operation and its schema takes the body. */
export function expectDocumented(
  document: OpenApiDocument,
  answer: { readonly operationId: string; readonly status: number; readonly body: unknown },
): void {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const operation = operations.find(({ operationId }) => operationId === answer.operationId);
  const schema = operation?.responses[answer.status]?.content['application/json']?.schema;
  if (schema === undefined) throw new Error(`no schema for ${answer.operationId} ${answer.status}`);
  const validator = Compile(closed(schema));
  const [isValid, errors] = validator.Errors(answer.body);
  expect(isValid ? [] : errors).toEqual([]);
}

/** The same schema with no room for members that it does not name: those would be undocumented. */
function closed(schema: unknown): Record<string, unknown> {
  const copy = JSON.parse(JSON.stringify(schema), (_, value) =>
    typeof value === 'object' && value !== null && 'properties' in value && value.type === 'object'
      ? { ...value, additionalProperties: false }
      : value,
  );
  return copy;
}
