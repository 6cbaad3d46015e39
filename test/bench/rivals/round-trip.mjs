// What authorizations are measured against: node:http, JSON.parse, one round trip to the same Redis, which keeps what it is
// told as durably as it keeps a reservation.
//
// node round-trip.mjs REDIS_URL

import { randomUUID } from 'node:crypto';
import http from 'node:http';
import process from 'node:process';
import { Redis } from 'ioredis';

const [url] = process.argv.slice(2);
const redis = new Redis(url);

const server = http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', async () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const { input_tokens: tokens } = JSON.parse(body.toString());
    const id = randomUUID();
    await redis.set(`round-trip-${id}`, tokens, 'EX', 5);
    const answer = JSON.stringify({ allowed: true, reservation: id });
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
