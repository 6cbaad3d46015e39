// The demo: a customer with two keys whose traffic shows a newcomer the thing alive.

import { isLlmEventType } from '@tollgate/domain';
import { countEventText, createTextCounter } from '@tollgate/tokenizer';
import { demoApi } from './call-api.ts';
import { keepDemoAccount } from './demo-account.ts';
import type { CountTokens } from './demo-event.ts';
import { keepDemoTerms } from './demo-terms.ts';
import { loadDemoTexts } from './demo-texts.ts';
import { sendDemo } from './send-demo.ts';

interface DemoOptions {
  readonly apiUrl: string;
  readonly ingestUrl: string;
  readonly operatorKey: string;
  readonly dataDir: string;
  readonly logDir: string;
}

interface Demo {
  /** The secret of a key that may send and read the demo customer's usage. */
  readonly key: string;
  /** Begins the traffic; the result stops it. */
  run(): () => Promise<void>;
}

const COUNT_TIMEOUT_MS = 5_000;

export async function prepareDemo(options: DemoOptions): Promise<Demo> {
  const api = demoApi(options);
  const account = await keepDemoAccount(api, options.dataDir);
  await keepDemoTerms(api, { customer: account.customer, nowMs: Date.now() });
  const texts = await loadDemoTexts();
  const [first] = account.keys;
  if (first === undefined) throw new Error('The demo has no keys.');
  return {
    key: first.secret,
    run() {
      const abort = new AbortController();
      const { ingestUrl, dataDir, logDir } = options;
      const countTokens = createCountTokens();
      const sending = sendDemo({ ingestUrl, account, texts, countTokens, dataDir, logDir, signal: abort.signal });
      // Without traffic there is still a Tollgate.
      const ended = sending.catch(() => undefined);
      return () => {
        abort.abort();
        return ended;
      };
    },
  };
}

function createCountTokens(): CountTokens {
  const counter = createTextCounter({ now: () => performance.now() });
  return ({ type, model = '', input, output }) => {
    if (!isLlmEventType(type)) return { input: 0, output: 0 };
    const event = { type, model, input, output, status: 'completed' };
    const deadlineMs = performance.now() + COUNT_TIMEOUT_MS;
    const counts = countEventText(event, { counter, deadlineMs, modelAliases: {} });
    return { input: counts.input?.tokens ?? 0, output: counts.output?.tokens ?? 0 };
  };
}
