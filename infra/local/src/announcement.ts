// What a local run prints when it is ready: addresses, keys and three `curl` lines that work as they are printed.

interface Facts {
  readonly ingestUrl: string;
  readonly apiUrl: string;
  readonly operatorKey: string;
  /** Absent without the demo. */
  readonly demoKey?: string;
  readonly dataDir: string;
  readonly nowMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const BOOKS_DAYS = 7;

export function announce(facts: Facts): string {
  const rows = [
    ['Dashboard', `${facts.apiUrl}/ (sign in with the operator key, or as a customer with the demo key)`],
    ['API', `${facts.apiUrl} (its routes: ${facts.apiUrl}/docs)`],
    ['Ingest', facts.ingestUrl],
    ['Operator key', facts.operatorKey],
    ...(facts.demoKey === undefined ? [] : [['Demo key', facts.demoKey]]),
    ['Data and logs', facts.dataDir],
  ];
  return [
    'Tollgate is ready.',
    '',
    ...rows.map(([label = '', value = '']) => `  ${label.padEnd(15)}${value}`),
    '',
    'To try, as it stands:',
    '',
    ...tryLines(facts).map((line) => `  ${line}`),
    '',
    'Ctrl-C stops all of it.',
    '',
  ].join('\n');
}

/** Three lines for a shell. */
function tryLines(facts: Facts): readonly string[] {
  const today = Math.floor(facts.nowMs / DAY_MS) * DAY_MS;
  const end = `end=${toDay(today + DAY_MS)}`;
  const usage = `/v1/usage?start=${toDay(today - DAY_MS)}&${end}&bucket=day&group_by=model`;
  const books = `/v1/books?start=${toDay(today - (BOOKS_DAYS - 1) * DAY_MS)}&${end}`;
  if (facts.demoKey === undefined) {
    return [
      `curl -s ${facts.apiUrl}/v1/customers ${bearer(facts.operatorKey)} ${JSON_TYPE} -d '{"name":"My first customer"}'`,
      `curl -s "${facts.apiUrl}${usage}" ${bearer(facts.operatorKey)}`,
      `curl -s "${facts.apiUrl}${books}" ${bearer(facts.operatorKey)}`,
    ];
  }
  const event = {
    id: `hello-${facts.nowMs.toString(36)}`,
    type: 'llm.chat',
    provider: 'openai',
    model: 'gpt-4o',
    input: { messages: [{ role: 'user', content: 'Say hello in five languages.' }] },
    output: { message: { role: 'assistant', content: 'Hello, hallo, bonjour, hola, ciao!' } },
  };
  return [
    `curl -s ${facts.ingestUrl}/v1/events ${bearer(facts.demoKey)} ${JSON_TYPE} -d '${JSON.stringify(event)}'`,
    `curl -s "${facts.apiUrl}${usage}" ${bearer(facts.demoKey)}`,
    `curl -s "${facts.apiUrl}${books}" ${bearer(facts.operatorKey)}`,
  ];
}

const JSON_TYPE = "-H 'Content-Type: application/json'";

function bearer(key: string): string {
  return `-H 'Authorization: Bearer ${key}'`;
}

function toDay(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 10)}T00:00:00Z`;
}
