// HTTP written by hand, for requests that no client library would send.

import { connect, type Socket } from 'node:net';

interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawConnection {
  readonly socket: Socket;
  write(text: string | Uint8Array): void;
  /** The next complete answer on the connection (1xx included). Rejects when the connection ends first. */
  answer(): Promise<RawAnswer>;
  /** Resolves when the other side has closed. */
  closed(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 15_000;

export function openConnection(url: string): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  let isClosed = false;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  // A reset is seen as a close: what was received before it counts.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true;
      wake();
      resolve();
    });
  });

  const changed = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer in time; received: ${received}`)), ANSWER_TIMEOUT_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    socket,
    write: (text) => void socket.write(text),
    closed: () => closed,
    async answer() {
      for (;;) {
        const parsed = parseAnswer(received);
        if (parsed !== undefined) {
          received = received.subarray(parsed.length);
          return parsed.answer;
        }
        if (isClosed) throw new Error(`the connection ended without an answer; received: ${received}`);
        await changed();
      }
    },
  };
}

function parseAnswer(bytes: Buffer): { readonly answer: RawAnswer; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString().split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const length = end + 4 + Number(headers.get('content-length') ?? 0);
  if (bytes.length < length) return undefined;
  const body = bytes.subarray(end + 4, length).toString();
  return { answer: { status: Number(statusLine.split(' ')[1]), headers, body }, length };
}

/** Request lines and headers with the line ends that HTTP wants. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}
