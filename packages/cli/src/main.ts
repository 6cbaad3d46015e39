// The command line: for finance and for whoever checks the books. It calls the API, as anybody could.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ApiError, createApiClient } from './api-client.ts';
import { exportMonth } from './export-month.ts';
import { CommandError, HELP, parseCommand } from './parse-command.ts';
import { verifyInvoices } from './verify-invoices.ts';

const FACTS_FILE = join('.tollgate', 'local.json');

async function run(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const api = createApiClient(await findApi());
  if (command.kind === 'verify') return (await verifyInvoices(api, command, say)) ? 0 : 1;
  await exportMonth(api, command, say);
  return 0;
}

async function findApi(): Promise<{ readonly url: string; readonly key: string }> {
  const { TOLLGATE_URL: url, TOLLGATE_API_KEY: key } = process.env;
  if (url !== undefined && key !== undefined) return { url: url.replace(/\/+$/, ''), key };
  const text = await readFile(FACTS_FILE, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new CommandError(`Set TOLLGATE_URL and TOLLGATE_API_KEY, or run \`npm start\`, which writes ${FACTS_FILE}.`);
  }
  const facts = JSON.parse(text) as { readonly api_url: string; readonly operator_key: string };
  return { url: url ?? facts.api_url, key: key ?? facts.operator_key };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof CommandError || error instanceof ApiError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof CommandError ? 2 : 1;
}
