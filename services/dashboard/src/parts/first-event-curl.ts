// The line that sends a first event. Ingest is its own service; in the local stack it listens one port below.

export function firstEventCurl(): string {
  const { protocol, hostname, port } = window.location;
  const ingest = port === '' ? `${protocol}//ingest.${hostname}` : `${protocol}//${hostname}:${Number(port) - 1}`;
  const event = {
    ...{ id: 'hello-1', type: 'llm.chat', provider: 'openai', model: 'gpt-4o' },
    usage: { prompt_tokens: 12, completion_tokens: 3 },
  };
  return `curl ${ingest}/v1/events -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '${JSON.stringify(event)}'`;
}
