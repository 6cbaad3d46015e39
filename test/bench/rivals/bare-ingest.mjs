// What ingest is measured against: node:http, JSON.parse, the same append. No authentication, no checks, no limits.
//
// node bare-ingest.mjs REDIS_URL

import http from 'node:http';
import process from 'node:process';
import { createRedisLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import { logRecord } from '../parts/events.mjs';

const [url] = process.argv.slice(2);
const logger = createLogger({ service: 'bare-ingest', level: 'silent' });
const log = createRedisLog({ url, name: 'bare-ingest', partitionCount: 8, logger });
await log.ensure();
const writer = log.writer();

const server = http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', async () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const parsed = JSON.parse(body.toString());
    // Which bytes of the body are which event is not asked: equal slices cost the log the same.
    const events = Array.isArray(parsed) ? parsed : [parsed];
    const size = Math.floor(body.length / events.length);
    const records = events.map(({ id }, index) => logRecord(id, body.subarray(index * size, (index + 1) * size)));
    await writer.append(records);
    const answer = JSON.stringify({ accepted: records.length, duplicates: 0, rejected: [] });
    res.writeHead(202, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
