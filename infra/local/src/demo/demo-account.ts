// The demo's customer and keys, made once through the API as an operator would make them, and remembered in the data folder.

import { join } from 'node:path';
import { readSecretFile, writeSecretFile } from '../secret-file.ts';

interface DemoKey {
  readonly id: string;
  readonly secret: string;
}

export interface DemoAccount {
  readonly customer: string;
  readonly keys: readonly DemoKey[];
}

interface AccountOptions {
  readonly apiUrl: string;
  readonly operatorKey: string;
  readonly dataDir: string;
}

const KEY_NAMES = ['Demo: assistant', 'Demo: search'] as const;
const KEY_SCOPES = ['usage:write', 'usage:read'] as const;
const REQUEST_TIMEOUT_MS = 10_000;

export async function keepDemoAccount({ apiUrl, operatorKey, dataDir }: AccountOptions): Promise<DemoAccount> {
  const file = join(dataDir, 'demo-account.json');
  const kept = await readSecretFile(file);
  if (kept !== undefined) {
    const account: DemoAccount = JSON.parse(kept);
    // The data folder may have been pointed at another database since.
    if (await exists(`${apiUrl}/v1/customers/${account.customer}`, operatorKey)) return account;
  }
  const create = async (path: string, body: unknown): Promise<unknown> => {
    const res = await fetch(`${apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!res.ok) throw new Error(`POST ${path} answered ${res.status}: ${await res.text()}`);
    return res.json();
  };
  const customer = textOf(await create('/v1/customers', { name: 'Demo' }), 'id');
  const keys: DemoKey[] = [];
  for (const name of KEY_NAMES) {
    const key = await create('/v1/keys', { name, customer, scopes: KEY_SCOPES });
    keys.push({ id: textOf(key, 'id'), secret: textOf(key, 'secret') });
  }
  const account = { customer, keys };
  await writeSecretFile(file, `${JSON.stringify(account, null, 2)}\n`);
  return account;
}

async function exists(url: string, operatorKey: string): Promise<boolean> {
  const res = await fetch(url, {
    headers: { authorization: `Bearer ${operatorKey}` },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  await res.arrayBuffer();
  return res.ok;
}

function textOf(body: unknown, member: string): string {
  const value = typeof body === 'object' && body !== null ? Reflect.get(body, member) : undefined;
  if (typeof value !== 'string') throw new Error(`The API's answer has no ${member}.`);
  return value;
}
