// The alert rules, by Prometheus' own tool: they can be read, each fires in the state that it is for, and none in a healthy
// system. That the metrics exist is seen on a running system by test/flow/two-of-each.test.ts.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findPromtool } from '@tollgate/local';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = fileURLToPath(new URL('../../infra/prometheus', import.meta.url));
const INSTALL_TIMEOUT_MS = 600_000;

let promtool: string;
beforeAll(async () => {
  promtool = await findPromtool();
}, INSTALL_TIMEOUT_MS);

const run = (...args: readonly string[]) => promisify(execFile)(promtool, args, { cwd: FOLDER, timeout: 60_000 });

it('the configuration and its rules can be read', async () => {
  expect((await run('check', 'config', 'prometheus.yaml')).stdout).toContain('SUCCESS');
});

it('each alert fires when it should, and none when it should not', async () => {
  await run('test', 'rules', 'alerts.test.yaml');
});

it('each alert has a case', async () => {
  const { groups } = parse(await readFile(join(FOLDER, 'alerts.yaml'), 'utf8'));
  const { tests } = parse(await readFile(join(FOLDER, 'alerts.test.yaml'), 'utf8'));
  const alerts = groups.flatMap(({ rules }: { rules: { alert: string }[] }) => rules.map(({ alert }) => alert));
  const cases = tests.map(({ name }: { name: string }) => name);
  expect(cases.toSorted()).toEqual([...alerts, 'healthy'].toSorted());
});
