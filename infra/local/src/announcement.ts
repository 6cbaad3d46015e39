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
const DAYS_SHOWN = 7;

export function announce(facts: Facts): string {
  const rows = [
    ['API', facts.apiUrl],
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
  const period = `start=${toDay(today - (DAYS_SHOWN - 1) * DAY_MS)}&end=${toDay(today + DAY_MS)}`;
  const books = `curl -s "${facts.apiUrl}/v1/books?${period}" ${bearer(facts.operatorKey)}`;
  if (facts.demoKey === undefined) {
    return [
      `curl -s ${facts.apiUrl}/v1/customers ${bearer(facts.operatorKey)} ${JSON_TYPE} -d '{"name":"My first customer"}'`,
      `curl -s "${facts.apiUrl}/v1/usage?${period}&bucket=day" ${bearer(facts.operatorKey)}`,
      books,
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
    `curl -s "${facts.apiUrl}/v1/usage?${period}&bucket=day&group_by=model" ${bearer(facts.demoKey)}`,
    books,
  ];
}

const JSON_TYPE = "-H 'Content-Type: application/json'";

function bearer(key: string): string {
  return `-H 'Authorization: Bearer ${key}'`;
}

function toDay(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 10)}T00:00:00Z`;
}
