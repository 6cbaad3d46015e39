// The permissions that a key or token carries. `:any` lets its holder act for another customer's key or customer.

export const SCOPES = [
  'usage:write',
  'usage:write:any',
  'usage:read',
  'limits:check',
  'limits:check:any',
  'keys:read',
  'keys:write',
  'limits:read',
  'limits:write',
  'billing:read',
  'billing:write',
  'webhooks:write',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** `admin` holds every scope; any other scope holds itself, and its `:any` form holds the plain one. */
export function holdsScope(held: readonly Scope[], wanted: Scope): boolean {
  return held.some((scope) => scope === 'admin' || scope === wanted || scope === `${wanted}:any`);
}
