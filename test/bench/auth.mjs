// What verifying a credential costs: warm as a share of a bare express request, cold by algorithm. CPU time of this process
// is measured, not time on the clock, so that a busy machine disturbs it little; the store is in memory.
//
// Run after `npm run build`: node test/bench/auth.mjs

import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import process from 'node:process';
import { createAuthenticator, createSigningKey, generateKeySecret, pepperIdOf, signAccessToken } from '@tollgate/auth';
import { systemClock } from '@tollgate/runtime';
import express from 'express';

const ROUNDS = 5;
const WARM_CALLS = 200_000;
const COLD_TOKENS = 3_000;
const EXPRESS_REQUESTS = 20_000;
const CONNECTIONS = 32;

const authority = { issuer: 'https://api.example.com', audience: 'https://api.example.com' };
const key = {
  id: 'key_1',
  customerId: 'cus_1',
  projectId: null,
  scopes: ['usage:write', 'usage:read'],
  allowedModels: null,
  allowedIps: ['192.0.2.0/24'],
  rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
  isEnabled: true,
  expiresAtMs: null,
  deletedAtMs: null,
  isCustomerSuspended: false,
};
const times = { signsFromMs: 0, signsUntilMs: null, tokenLifeMaxMs: 900_000, retiredAtMs: null };

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** Microseconds of CPU for each call. */
async function cpuPerCall(calls, run) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await run(round);
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / calls);
  }
  return median(rounds);
}

const PEPPER = 'x'.repeat(32);

async function createStand(signingKeys) {
  return await createAuthenticator({
    accounts: {
      key: async () => key,
      keyByDigest: async () => ({
        ...key,
        secret: { id: 'sec_1', retiresAtMs: null, expiresAtMs: null, pepperId: pepperIdOf(PEPPER) },
      }),
      customer: async () => null,
      publicSigningKeys: async () => signingKeys.map((made) => ({ ...made, ...times })),
      isTokenRevoked: async () => false,
      watch: async () => ({
        get confirmedAtMs() {
          return Date.now();
        },
        close: async () => {},
      }),
    },
    peppers: [PEPPER],
    authority,
    clock: systemClock,
  });
}

async function issueTokens(signingKey, count) {
  const privateKey = createPrivateKey({ key: signingKey.privateKey, type: 'pkcs8', format: 'der' });
  const issuedAtMs = Math.floor(Date.now() / 1_000) * 1_000;
  const issue = (index) =>
    signAccessToken(
      {
        id: `tok_${index.toString().padStart(26, '0')}`,
        signingKeyId: signingKey.id,
        keyId: key.id,
        customerId: key.customerId,
        projectId: null,
        scopes: key.scopes,
        issuedAtMs,
        expiresAtMs: issuedAtMs + 900_000,
      },
      { algorithm: signingKey.algorithm, key: privateKey, authority },
    );
  return await Promise.all(Array.from({ length: count }, (_, index) => issue(index)));
}

async function bareExpress() {
  const app = express();
  app.get('/', (_req, res) => void res.json({ ok: true }));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ask = async () => {
    const req = request({ port: server.address().port, host: '127.0.0.1', agent }).end();
    const [res] = await once(req, 'response');
    res.resume();
    await once(res, 'end');
  };
  const share = EXPRESS_REQUESTS / CONNECTIONS;
  const client = async () => {
    for (let index = 0; index < share; index += 1) await ask();
  };
  const cost = await cpuPerCall(EXPRESS_REQUESTS, () => Promise.all(Array.from({ length: CONNECTIONS }, client)));
  agent.destroy();
  server.close();
  return cost;
}

const signingKeys = await Promise.all(['EdDSA', 'ES256', 'RS256'].map((algorithm) => createSigningKey(algorithm)));
const show = (name, micros, of) =>
  process.stdout.write(
    `${name.padEnd(34)} ${micros.toFixed(2).padStart(8)} µs${of === undefined ? '' : ` ${((100 * micros) / of).toFixed(2)} % of bare express`}\n`,
  );

// Client and server share the process, so this is dearer than a server alone: the shares below are, if anything, too small
// by the client's part. `npm run bench -- ingest` measures servers alone.
const express_ = await bareExpress();
show('bare express, with its client', express_);

const authenticator = await createStand(signingKeys);
const address = '192.0.2.7';
const [token] = await issueTokens(signingKeys[0], 1);
for (const [name, credential] of [
  ['warm key', generateKeySecret('live')],
  ['warm JWT', token],
]) {
  const presented = { authorization: `Bearer ${credential}`, address };
  await authenticator.authenticate(presented);
  const cost = await cpuPerCall(WARM_CALLS, () => {
    for (let call = 0; call < WARM_CALLS; call += 1) authenticator.authenticate(presented);
  });
  show(name, cost, express_);
}

for (const signingKey of signingKeys) {
  const tokens = await issueTokens(signingKey, COLD_TOKENS * ROUNDS);
  const cold = await createStand(signingKeys);
  const cost = await cpuPerCall(COLD_TOKENS, async (round) => {
    for (const text of tokens.slice(round * COLD_TOKENS, (round + 1) * COLD_TOKENS)) {
      await cold.authenticate({ authorization: `Bearer ${text}`, address });
    }
  });
  show(`cold JWT, ${signingKey.algorithm}`, cost, express_);
  await cold.close();
}
await authenticator.close();
