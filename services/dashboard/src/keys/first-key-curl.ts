// The line that makes a key.

export function firstKeyCurl(customer?: string): string {
  const body = { name: 'My first key', ...(customer && { customer }), scopes: ['usage:write', 'usage:read'] };
  return `curl ${window.location.origin}/v1/keys -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
