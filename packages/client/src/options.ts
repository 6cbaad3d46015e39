// What a client is made with: checked once, with every default in one place.

import type { Fetch, TokenSource } from './http.ts';
import type { ReportListeners } from './reporter/report-listeners.ts';
import type { ReporterLimits } from './reporter/reporter.ts';

export interface TollgateOptions extends Partial<ReportListeners> {
  /** Where `ingest` is. */
  readonly url: string;
  /** An API key's secret or an access token; or a function that says the one to use now, asked before every request. */
  readonly token: TokenSource;
  /** Of authorizations and of releases; 10 seconds unless said. */
  readonly timeoutMs?: number;
  readonly reporter?: Partial<ReporterLimits>;
  /** How long a program that has nothing more to do waits for events on their way; 10 seconds unless said. */
  readonly exitTimeoutMs?: number;
  /** The global one unless said. */
  readonly fetch?: Fetch;
}

export interface ClientConfig {
  readonly url: string;
  readonly token: TokenSource;
  readonly timeoutMs: number;
  readonly exitTimeoutMs: number;
  readonly reporter: ReporterLimits;
  readonly fetch: Fetch;
}

const TIMEOUT_MS = 10_000;
const BATCH_EVENTS_MAX = 1_000;
const BATCH_BYTES_MAX = 5 * 1024 * 1024;

const REPORTER: ReporterLimits = {
  gatherMs: 50,
  batchEventsMax: 500,
  batchBytesMax: 1024 * 1024,
  queueEventsMax: 50_000,
  queueBytesMax: 64 * 1024 * 1024,
  timeoutMs: 30_000,
  retry: { firstMs: 250, maxMs: 30_000 },
  giveUpAfterMs: 24 * 60 * 60 * 1_000,
};

/** Throws a `TypeError` that says which option is wrong. */
export function configOf(options: TollgateOptions): ClientConfig {
  const { token, timeoutMs = TIMEOUT_MS, exitTimeoutMs = TIMEOUT_MS } = options;
  if (token === '') throw new TypeError('`token` is empty.');
  const reporter = { ...REPORTER, ...options.reporter };
  checkNumbers({ timeoutMs, exitTimeoutMs });
  const { retry, ...limits } = reporter;
  checkNumbers({ ...limits });
  checkNumbers({ ...retry });
  return {
    url: addressOf(options.url),
    token,
    timeoutMs,
    exitTimeoutMs,
    reporter: {
      ...reporter,
      batchEventsMax: Math.max(1, Math.min(BATCH_EVENTS_MAX, reporter.batchEventsMax)),
      batchBytesMax: Math.min(BATCH_BYTES_MAX, reporter.batchBytesMax),
    },
    // Called as a function: a browser's refuses to be a method of something else.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  };
}

function checkNumbers(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value >= 0 && Number.isFinite(value))) throw new TypeError(`\`${name}\` must be a number, 0 or more.`);
  }
}

/** Without a slash at the end. */
function addressOf(text: string): string {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('`url` must be an http(s) address.');
  return text.replace(/\/+$/, '');
}
