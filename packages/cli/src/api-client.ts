// The API as the commands call it.

export class ApiError extends Error {
  override readonly name = 'ApiError';
}

export interface ApiClient {
  get<Body>(path: string): Promise<Body>;
  post<Body>(path: string, body: unknown): Promise<Body>;
  /** From this byte on. */
  download(path: string, fromByte: number): AsyncIterable<Uint8Array>;
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** An invoice of a large customer takes a while to calculate. */
const TIMEOUT_MS = 120_000;
/** Of no byte at all. */
const STALLED_MS = 60_000;

export function createApiClient({ url, key }: { readonly url: string; readonly key: string }): ApiClient {
  const headers = { Authorization: `Bearer ${key}` };
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const res = await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } }).catch(
      (cause: unknown) => {
        throw new ApiError(`${url} does not answer.`, { cause });
      },
    );
    if (!res.ok) throw new ApiError(await describe(res));
    return res;
  };
  return {
    async get<Body>(path: string): Promise<Body> {
      const res = await ask(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return (await res.json()) as Body;
    },
    async post<Body>(path: string, body: unknown): Promise<Body> {
      const res = await ask(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return (await res.json()) as Body;
    },
    async *download(path, fromByte) {
      const stalled = new AbortController();
      const timer = setTimeout(() => stalled.abort(), STALLED_MS);
      try {
        const range = fromByte === 0 ? {} : { Range: `bytes=${fromByte}-` };
        const { body, status } = await ask(path, { headers: range, signal: stalled.signal });
        if (fromByte !== 0 && status !== 206) throw new ApiError('The rest of the file cannot be had alone.');
        for await (const chunk of body ?? []) {
          timer.refresh();
          yield chunk;
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function describe(res: Response): Promise<string> {
  const text = await res.text();
  const problem = parseProblem(text);
  if (problem?.detail === undefined) return `${res.status} from ${new URL(res.url).pathname}`;
  const errors = (problem.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`);
  return `${problem.code ?? res.status}: ${problem.detail}${errors.join('')}`;
}

function parseProblem(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}
