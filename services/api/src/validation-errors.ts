// What a schema found wrong, as sentences for a person: which value, and what it must be.

import type { FieldError } from '@tollgate/domain';
import type { TLocalizedValidationError } from 'typebox/error';
import { describeFormat } from './formats.ts';

/** More would help nobody, and a hostile body could make many. */
const ERRORS_MAX = 50;

export function toFieldErrors(errors: readonly TLocalizedValidationError[]): readonly FieldError[] {
  const found: FieldError[] = [];
  const seen = new Set<string>();
  for (const error of errors) {
    for (const { pointer, detail } of sentencesOf(error, errors)) {
      if (seen.has(pointer)) continue;
      seen.add(pointer);
      found.push({ pointer, detail });
      if (found.length === ERRORS_MAX) return found;
    }
  }
  return found;
}

function sentencesOf(
  error: TLocalizedValidationError,
  all: readonly TLocalizedValidationError[],
): readonly FieldError[] {
  const { instancePath, keyword } = error;
  switch (keyword) {
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({
        pointer: `${instancePath}/${escapePointer(name)}`,
        detail: 'is not known here.',
      }));
    case 'required':
      return error.params.requiredProperties.map((name) => ({
        pointer: `${instancePath}/${escapePointer(name)}`,
        detail: 'is required.',
      }));
    case 'boolean':
      // Said once more, with its name, by the `additionalProperties` that it belongs to.
      return [];
    case 'format':
      return [{ pointer: instancePath, detail: `must be ${describeFormat(error.params.format)}.` }];
    case 'enum':
      return [{ pointer: instancePath, detail: `must be one of ${error.params.allowedValues.join(', ')}.` }];
    case 'pattern':
      return [{ pointer: instancePath, detail: 'does not have the form that is documented for it.' }];
    case 'type':
      return [{ pointer: instancePath, detail: `must be ${typesAt(instancePath, all).join(' or ')}.` }];
    case 'anyOf':
      return [{ pointer: instancePath, detail: 'has none of the documented forms.' }];
    default:
      return [{ pointer: instancePath, detail: `${error.message}.` }];
  }
}

/** A value that may be of several types is found wrong once for each of them. */
function typesAt(instancePath: string, all: readonly TLocalizedValidationError[]): readonly string[] {
  return all.flatMap((error) =>
    error.keyword === 'type' && error.instancePath === instancePath ? [error.params.type].flat() : [],
  );
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
