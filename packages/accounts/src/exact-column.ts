// Exact decimals as a column holds them: of any length, and with the digits that they need.

import { type Exact, parseExact } from '@tollgate/domain';

export function fromNumeric(text: string): Exact {
  const value = parseExact(text);
  if (value === undefined) throw new Error(`${text} is no decimal that was written here`);
  return value;
}
