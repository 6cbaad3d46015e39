// Calls of the api, typed by its own OpenAPI document. What is not a success is thrown as a problem.

import createClient, { type Middleware } from 'openapi-fetch';
import { toProblem } from './problem.ts';
import type { paths } from './schema.ts';
import { VIEW_PATH } from './view.ts';

const TIMEOUT_MS = 30_000;

/** Says that a page of ours asks: no other origin can send it. */
const OWN_PAGE = { 'X-Tollgate-Dashboard': '1' };

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    throw toProblem(response, await response.json().catch(() => null));
  },
};

const client = createClient<paths>({
  baseUrl: VIEW_PATH,
  headers: OWN_PAGE,
  fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) }),
  querySerializer: { array: { style: 'form', explode: true } },
});
client.use(throwProblems);

export const api = client;

/** The body of an answer; an answer that is not a success was thrown already. */
export async function bodyOf<Body>(pending: Promise<{ readonly data?: Body }>): Promise<Body> {
  const { data } = await pending;
  if (data === undefined) throw new Error('the answer has no body');
  return data;
}
