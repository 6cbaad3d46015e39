// The few calls that whole-system tests make, over HTTP as a user would.

export interface ApiClient {
  post(path: string, body: unknown): Promise<Response>;
  put(path: string, body: unknown): Promise<Response>;
  patch(path: string, body: unknown): Promise<Response>;
  get(path: string): Promise<Response>;
  delete(path: string): Promise<Response>;
  /** The JSON of an answer that must be 2xx. */
  json<Body>(res: Promise<Response>): Promise<Body>;
}

const TIMEOUT_MS = 30_000;

export function createApiClient(baseUrl: string, secret: string): ApiClient {
  const headers = { Authorization: `Bearer ${secret}` };
  const call = (method: string, path: string): Promise<Response> =>
    fetch(`${baseUrl}${path}`, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${baseUrl}${path}`, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  return {
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
    get: (path) => call('GET', path),
    delete: (path) => call('DELETE', path),
    async json<Body>(pending: Promise<Response>): Promise<Body> {
      const res = await pending;
      const text = await res.text();
      if (!res.ok) throw new Error(`${res.status} from ${res.url}: ${text}`);
      return JSON.parse(text) as Body;
    },
  };
}
