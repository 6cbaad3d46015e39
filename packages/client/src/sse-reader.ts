// The JSON in server-sent events, as every provider streams it: `data:` lines up to an empty line. What is no JSON, such as
// `[DONE]`, is passed over. (html.spec.whatwg.org, "Server-sent events", section 9.2.6.)

import { parseJson } from './json.ts';

export interface SseReader {
  add(bytes: Uint8Array): void;
  end(): void;
}

/** A longer event is passed over: it is passed on all the same, but its usage is not seen. */
const EVENT_CHARACTERS_MAX = 4_000_000;

export function createSseReader(onJson: (value: unknown) => void): SseReader {
  const decoder = new TextDecoder();
  let rest = '';
  let data = '';

  const readLine = (line: string): void => {
    if (line === '') {
      const value = parseJson(data);
      data = '';
      if (value !== undefined) onJson(value);
    } else if (line.startsWith('data:') && data.length + line.length <= EVENT_CHARACTERS_MAX) {
      data += `${line.slice('data:'.length)}\n`;
    }
  };
  const readText = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > EVENT_CHARACTERS_MAX) rest = '';
    for (const line of lines) readLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };

  return {
    add: (bytes) => readText(decoder.decode(bytes, { stream: true })),
    end() {
      // Some end without the last empty line.
      readText(`${decoder.decode()}\n\n`);
    },
  };
}
