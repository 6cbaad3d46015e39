// Requests over plain sockets, so that sending costs little beside what is measured: each connection sends the next one when
// the one before is answered.

import { connect } from 'node:net';

/** A machine that does too much else makes a server refuse a request now and then. */
const UNEXPECTED_MAX = 100;

export function httpRequest({ method = 'POST', path, secret, body }) {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${secret}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * Resolves with how long it took and how long each answer took, in milliseconds. `next` gives each request, undefined for
 * no more. Answers without `expected` in them are not counted; more than a few of them are an error.
 */
export async function sendAll({ port, connections, next, expected }) {
  const latenciesMs = [];
  let unexpected = 0;
  const runConnection = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      let sentAt = 0;
      let received = '';
      const sendNext = () => {
        const request = next();
        if (request === undefined) {
          socket.destroy();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on('connect', sendNext);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        received += chunk.latin1Slice();
        if (!isWhole(received)) return;
        if (received.includes(expected)) latenciesMs.push(performance.now() - sentAt);
        else unexpected += 1;
        if (unexpected > UNEXPECTED_MAX) return reject(new Error(`not as expected: ${received}`));
        received = '';
        sendNext();
      });
    });
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, runConnection));
  return { ms: performance.now() - startedAt, latenciesMs };
}

/** Gives each of the requests once. */
export function each(requests) {
  let index = 0;
  return () => requests[index++];
}

function isWhole(text) {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return text.length - headEnd - 4 >= Number(length ?? 0);
}
