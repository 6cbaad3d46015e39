// Sends what was drawn and holds each answer against what every answer must be, whatever was asked: in time, no 5xx, a problem
// that has a code where it is refused, and nothing of the inside.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { FuzzRequest } from './fuzz-request.ts';
import { fillMarks } from './schema-values.ts';

interface FuzzAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}

export interface Sender {
  /** Rejects with what was sent and answered when the answer is not as it must be. */
  send(request: FuzzRequest): Promise<void>;
  /** Remembers the ids and secrets in a text. */
  learn(text: string): void;
  /** What names this in a change is not sent: the key that the test itself needs in the end. */
  spare(text: string): void;
  /** How many requests were answered, by service and status. */
  readonly counts: ReadonlyMap<string, number>;
  close(): void;
}

const ANSWER_TIMEOUT_MS = 15_000;
const KNOWN_MAX = 60;
const ID = /\b([a-z]{3})_[0-9a-z_]{26,100}\b/g;
const SECRET = /\btg_(?:live|test)_[0-9A-Za-z]{36}\b/g;
const INSIDE = /node:internal|\.[tj]s:\d+|\bSELECT \b|postgres:\/\/|ECONNREFUSED|Cannot read prop|is not a function/;

export function createSender(urls: Readonly<Record<FuzzRequest['to'], string>>): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const known = new Map<string, string[]>();
  const counts = new Map<string, number>();
  const spared: string[] = [];

  const keep = (kind: string, id: string): void => {
    const ids = known.get(kind) ?? [];
    known.set(kind, ids);
    if (ids.length < KNOWN_MAX && !ids.includes(id)) ids.push(id);
  };
  const learn = (text: string): void => {
    for (const [secret] of text.matchAll(SECRET)) keep('sec', secret);
    for (const [id, prefix = ''] of text.matchAll(ID)) keep(prefix, id);
  };

  return {
    counts,
    learn,
    spare: (text) => void spared.push(text),
    async send(drawn) {
      const filled = filledIn(drawn, known);
      const named = `${filled.path} ${filled.body ?? ''}`;
      if (filled.method !== 'GET' && spared.some((text) => named.includes(text))) return;
      const answer = await answerTo(filled, { url: urls[filled.to], agent });
      const { to } = filled;
      counts.set(`${to} ${answer.status}`, (counts.get(`${to} ${answer.status}`) ?? 0) + 1);
      const flaw = flawOf(answer);
      if (flaw !== undefined)
        throw new Error(`${flaw}\n${JSON.stringify(filled)}\nanswered\n${JSON.stringify(answer)}`);
      if (answer.status < 300) learn(answer.text);
    },
    close: () => agent.destroy(),
  };
}

function filledIn(drawn: FuzzRequest, known: ReadonlyMap<string, readonly string[]>): FuzzRequest {
  const headers = Object.entries(drawn.headers).map(([name, value]) => [name, fillMarks(value, known)]);
  return {
    ...drawn,
    path: fillMarks(drawn.path, known),
    headers: Object.fromEntries(headers),
    body: drawn.body === undefined ? undefined : fillMarks(drawn.body, known),
  };
}

async function answerTo(
  { method, path, headers, body }: FuzzRequest,
  { url, agent }: { readonly url: string; readonly agent: Agent },
): Promise<FuzzAnswer> {
  const { hostname, port } = new URL(url);
  const bytes = Buffer.from(body ?? '');
  const length = method === 'GET' || body === undefined ? {} : { 'Content-Length': bytes.length };
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const req = request({ hostname, port, method, path, agent, signal, headers: { ...headers, ...length } });
  req.end(bytes);
  try {
    const [res]: IncomingMessage[] = await once(req, 'response');
    if (res === undefined) throw new Error('no answer');
    const mediaType = (res.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    const status = res.statusCode ?? 0;
    // It goes on for a minute: its beginning is enough.
    if (mediaType === 'text/event-stream') res.destroy();
    return { status, mediaType, text: mediaType === 'text/event-stream' ? '' : await textOf(res) };
  } catch (cause) {
    throw new Error(`no answer to ${method} ${url}${path} ${JSON.stringify(headers)} ${body}`, { cause });
  }
}

function flawOf({ status, mediaType, text }: FuzzAnswer): string | undefined {
  if (status >= 500) return 'an answer of 5xx';
  if (INSIDE.test(text)) return 'an answer that tells of the inside';
  if (!mediaType.endsWith('json')) return status >= 400 ? 'a refusal that is no problem document' : undefined;
  try {
    const body: unknown = JSON.parse(text);
    return status >= 400 && typeof Object(body).code !== 'string' ? 'a refusal without a code' : undefined;
  } catch {
    return 'JSON that cannot be parsed';
  }
}
