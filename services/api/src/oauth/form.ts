// The body of an OAuth request: `application/x-www-form-urlencoded` (RFC 6749 appendix B), read strictly, since what one
// reader takes for the first of two parameters another takes for the last.

import { TollgateError } from '@tollgate/domain';

/** Values by name. A parameter without a value counts as left out (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string>;

const PARAMETERS_MAX = 50;

export function parseForm(bytes: Uint8Array | undefined): Form {
  const text = Buffer.from(bytes ?? []).toString('latin1');
  const seen = new Set<string>();
  const form = new Map<string, string>();
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > PARAMETERS_MAX) throw invalidForm(`The body has more than ${PARAMETERS_MAX} parameters.`);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decodeFormText(equals === -1 ? pair : pair.slice(0, equals));
    const value = decodeFormText(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) throw invalidForm('The body is not form-encoded UTF-8.');
    if (seen.has(name)) throw invalidForm('A parameter is given twice. Send each once.');
    seen.add(name);
    if (value !== '') form.set(name, value);
  }
  return form;
}

/** Undefined for what is not percent-encoded UTF-8. */
export function decodeFormText(text: string): string | undefined {
  try {
    return /[^\x21-\x7e]/.test(text) ? undefined : decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function invalidForm(detail: string): TollgateError {
  return new TollgateError({ code: 'invalid_request', detail });
}
