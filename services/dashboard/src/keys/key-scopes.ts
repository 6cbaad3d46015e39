// What a key may do, for people.

import type { Scope } from '../session/session.ts';

const SCOPES: readonly (readonly [Scope, string])[] = [
  ['usage:write', 'Send usage'],
  ['usage:read', 'See usage'],
  ['limits:check', 'Ask whether a request is within limits'],
  ['keys:read', 'See API keys'],
  ['keys:write', 'Make and change API keys'],
  ['limits:read', 'See limits'],
  ['limits:write', 'Set limits'],
  ['billing:read', 'See invoices'],
  ['billing:write', 'Make and change invoices'],
  ['webhooks:write', 'See and change webhook endpoints'],
];

const OPERATOR_SCOPES: readonly (readonly [Scope, string])[] = [
  ['usage:write:any', 'Send usage of every key'],
  ['limits:check:any', 'Ask for every key whether a request is within limits'],
  ['admin', 'Everything'],
];

export const SCOPES_DEFAULT: readonly string[] = ['usage:write', 'usage:read', 'limits:check'];

/** Of a customer's key, or of one of the operator's own. */
export function scopesOf(customer: string | null): readonly (readonly [Scope, string])[] {
  return customer === null ? [...SCOPES, ...OPERATOR_SCOPES] : SCOPES;
}
