// A name server on this machine that answers every question by a function: names lead where a test wants, and to somewhere
// else the next time.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsServer {
  /** `ADDRESS:PORT`. */
  readonly address: string;
  /** The addresses of a name: v4 for questions of the type A, v6 for AAAA. `count`: of questions for it and the type before. */
  answer: (question: {
    readonly name: string;
    readonly type: 'A' | 'AAAA';
    readonly count: number;
  }) => readonly string[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const HEADER_BYTES = 12;

export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const counts = new Map<string, number>();
  socket.on('message', (message, sender) => {
    const { name, typeNumber, end } = readQuestion(message);
    const type = TYPES[typeNumber];
    const place = `${type} ${name}`;
    const count = counts.get(place) ?? 0;
    counts.set(place, count + 1);
    const addresses = type === undefined ? [] : server.answer({ name, type, count });
    const header = Buffer.alloc(HEADER_BYTES);
    message.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    const records = addresses.map((address) => record(typeNumber, address));
    socket.send(Buffer.concat([header, message.subarray(HEADER_BYTES, end), ...records]), sender.port, sender.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    answer: () => [],
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
  return server;
}

function readQuestion(message: Buffer): { readonly name: string; readonly typeNumber: number; readonly end: number } {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (let length = message.readUInt8(offset); length > 0; length = message.readUInt8(offset)) {
    labels.push(message.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  // The name's end, its type and its class.
  return { name: labels.join('.').toLowerCase(), typeNumber: message.readUInt16BE(offset + 1), end: offset + 5 };
}

/** Of the name in the question, good for no time at all. */
function record(typeNumber: number, address: string): Buffer {
  const data = address.includes(':') ? v6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(typeNumber, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.byteLength, 10);
  return Buffer.concat([head, data]);
}

/** Of an address written with `::` or all of its groups, in hexadecimal. */
function v6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const after = tail ?? [];
  const zeros = Array.from({ length: 8 - head.length - after.length }, () => '0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...head, ...zeros, ...after].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
  }
  return bytes;
}
