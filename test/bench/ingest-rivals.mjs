// What ingest is measured against, each a process of its own that appends to the same log through the same writer:
//   bare   node:http, JSON.parse, append: no authentication, no checks, no limits
//   plain  express.json, a JWT verified per request, zod, one awaited write per request

import { randomUUID } from 'node:crypto';
import http from 'node:http';
import process from 'node:process';
import { encodeRecord, partitionKeyOf } from '@tollgate/domain';
import { createRedisLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import express from 'express';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

const [rival, redisUrl] = process.argv.slice(2);
const logger = createLogger({ service: rival, level: 'silent' });
const log = createRedisLog({ url: redisUrl, name: `bench-${rival}-${randomUUID()}`, partitionCount: 8, logger });
await log.ensure();
const writer = log.writer();

function toRecord(event, body) {
  const timeMs = Date.now();
  const owner = { customerId: 'cus_1', projectId: null, keyId: 'key_1', reporterKeyId: 'key_1' };
  const common = { kind: 'event', eventId: event.id, timeMs, receivedAtMs: timeMs, isReplay: false, body };
  return { partitionKey: partitionKeyOf('cus_1', event.id), value: encodeRecord({ ...owner, ...common }) };
}

async function createBare() {
  return http.createServer((req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', async () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      const parsed = JSON.parse(body.toString());
      // Which bytes of the body are which event is not asked: equal slices cost the log the same.
      const events = Array.isArray(parsed) ? parsed : [parsed];
      const size = Math.floor(body.length / events.length);
      const records = events.map((event, index) => toRecord(event, body.subarray(index * size, (index + 1) * size)));
      await writer.append(records);
      const answer = JSON.stringify({ accepted: records.length, duplicates: 0, rejected: [] });
      res.writeHead(202, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer);
    });
  });
}

async function createPlain() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: '1', alg: 'EdDSA' }] });
  const token = await new SignJWT({ scope: 'usage:write' })
    .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  const schema = z.strictObject({
    id: z.string().min(1).max(256),
    time: z.iso.datetime({ offset: true }).optional(),
    type: z.string().min(1).max(256),
    provider: z.string().optional(),
    model: z.string().optional(),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    usage: z.record(z.string(), z.unknown()).optional(),
    status: z.enum(['completed', 'aborted', 'failed']).optional(),
    stream: z.boolean().optional(),
    latency_ms: z.number().min(0).optional(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  });
  const app = express();
  app.use(express.json({ limit: '5mb' }));
  app.post('/v1/events', async (req, res) => {
    await jwtVerify(token, keys);
    const events = (Array.isArray(req.body) ? req.body : [req.body]).map((event) => schema.parse(event));
    const records = events.map((event) => toRecord(event, Buffer.from(JSON.stringify(event))));
    await writer.append(records);
    res.status(202).json({ accepted: records.length, duplicates: 0, rejected: [] });
  });
  return http.createServer(app);
}

const server = await (rival === 'bare' ? createBare() : createPlain());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMicros: user + system });
});
process.on('disconnect', () => process.exit(0));
