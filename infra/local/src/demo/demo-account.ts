// The demo's customer and keys, made once through the API as an operator would make them, and remembered in the data folder.

import { join } from 'node:path';
import { readSecretFile, writeSecretFile } from '../secret-file.ts';
import { type DemoApi, textOf } from './call-api.ts';

interface DemoKey {
  readonly id: string;
  readonly secret: string;
}

export interface DemoAccount {
  readonly customer: string;
  readonly keys: readonly DemoKey[];
}

const KEY_NAMES = ['Demo: assistant', 'Demo: search'] as const;
const KEY_SCOPES = ['usage:write', 'usage:read', 'billing:read'] as const;

export async function keepDemoAccount(api: DemoApi, dataDir: string): Promise<DemoAccount> {
  const file = join(dataDir, 'demo-account.json');
  const kept = await readSecretFile(file);
  if (kept !== undefined) {
    const account: DemoAccount = JSON.parse(kept);
    // The data folder may have been pointed at another database since.
    if ((await api.get(`/v1/customers/${account.customer}`)) !== undefined) return account;
  }
  const customer = textOf(await api.post('/v1/customers', { name: 'Demo' }), 'id');
  const keys: DemoKey[] = [];
  for (const name of KEY_NAMES) {
    const key = await api.post('/v1/keys', { name, customer, scopes: KEY_SCOPES });
    keys.push({ id: textOf(key, 'id'), secret: textOf(key, 'secret') });
  }
  const account = { customer, keys };
  await writeSecretFile(file, `${JSON.stringify(account, null, 2)}\n`);
  return account;
}
