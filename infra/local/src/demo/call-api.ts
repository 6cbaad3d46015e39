// The API as the operator calls it, for what the demo needs.

export interface DemoApi {
  /** What is there; undefined: nothing is. */
  get(path: string): Promise<unknown>;
  put(path: string, body: unknown): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

const REQUEST_TIMEOUT_MS = 10_000;

export function demoApi({ apiUrl, operatorKey }: { readonly apiUrl: string; readonly operatorKey: string }): DemoApi {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const res = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await res.text();
    if (res.status === 404) return undefined;
    if (!res.ok) throw new Error(`${method} ${path} answered ${res.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    get: (path) => send('GET', path),
    put: (path, body) => send('PUT', path, body),
    post: (path, body) => send('POST', path, body),
  };
}

export function textOf(body: unknown, member: string): string {
  const value = memberOf(body, member);
  if (typeof value !== 'string') throw new Error(`The API's answer has no ${member}.`);
  return value;
}

export function listOf(body: unknown): readonly unknown[] {
  const value = memberOf(body, 'data');
  if (!Array.isArray(value)) throw new Error("The API's answer has no list.");
  return value;
}

function memberOf(body: unknown, member: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, member) : undefined;
}
