// What one writes first, and what ingest is measured against: express.json, a JWT verified for each request, zod, one kafkajs
// send for each request.
//
// node plain-ingest.mjs KAFKA_BROKER

import http from 'node:http';
import process from 'node:process';
import express from 'express';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { Kafka, logLevel } from 'kafkajs';
import { z } from 'zod';
import { logRecord } from '../parts/events.mjs';

const TOPIC = 'plain-ingest';
const [broker] = process.argv.slice(2);
const kafka = new Kafka({ clientId: TOPIC, brokers: [broker], logLevel: logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 8 }], waitForLeaders: true });
await admin.disconnect();
const producer = kafka.producer();
await producer.connect();

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
  const messages = events.map((event) => {
    const { partitionKey, value } = logRecord(event.id, Buffer.from(JSON.stringify(event)));
    return { key: partitionKey, value: Buffer.from(value) };
  });
  await producer.send({ topic: TOPIC, acks: -1, messages });
  res.status(202).json({ accepted: messages.length, duplicates: 0, rejected: [] });
});
const server = http.createServer(app);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
