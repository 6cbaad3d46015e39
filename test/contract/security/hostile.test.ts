// Hostile requests over real HTTP: each gets exactly its status and its code, is counted under its code and where it came
// from, and tells nothing. The rows stand in the tables beside.

import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { bodyRows } from './hostile-bodies.ts';
import { credentialRows } from './hostile-credentials.ts';
import { grantRows } from './hostile-grants.ts';
import { pathRows } from './hostile-paths.ts';
import { type HostileRow, sendRow } from './hostile-request.ts';
import { tokenRows } from './hostile-tokens.ts';
import { startTarget, type Target } from './target.ts';

const ROWS: readonly HostileRow[] = [...credentialRows, ...tokenRows, ...grantRows, ...bodyRows, ...pathRows];
/** As many as a burst has at least. */
const BURST = 60;
const BURST_SOURCE = '198.19.255.1';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(async () => {
  await target?.close();
});

/** An address that no other row comes from, so that none is locked out for what another did. */
function addressOf(index: number): string {
  return `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

it('are 150 and more', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(150);
  const names = ROWS.map(({ name, to }) => `${to} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe('is refused, exactly so', () => {
  it.concurrent.each(ROWS.map((row, index) => [row.to, row.name, row, index] as const))(
    '%s: %s',
    async (_to, _name, row, index) => {
      const from = addressOf(index);
      const { status, text } = await sendRow(row, { url: target.urls[row.to], target, from });
      const body: unknown = JSON.parse(text === '' ? '{}' : text);
      expect({ status, code: Object(body).code }).toEqual({ status: row.status, code: row.code });
      expect(target.confidential.filter((secret) => text.includes(secret))).toEqual([]);
      expect(text).not.toMatch(/node:internal|\.ts:\d+|\.js:\d+|SELECT |postgres:/);
    },
  );
});

it('each is counted once, by its service, its code and its source', async () => {
  const expected = new Map<string, number>();
  for (const [index, { to, code, source }] of ROWS.entries()) {
    const cell = [to === 'api' ? 'api' : 'ingest', code, source ?? addressOf(index)].join(' ');
    expected.set(cell, (expected.get(cell) ?? 0) + 1);
  }
  await eventually(
    async () => {
      const { body } = await target.fixture.call('GET', '/v1/refusals?group_by=service,code,source&limit=1000');
      const found = new Map<string, number>();
      for (const { group, count } of body.data) found.set([group.service, group.code, group.source].join(' '), count);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    },
    { timeoutMs: 10_000 },
  );
});

it('a burst of them is one entry of the audit log', async () => {
  const rows = ROWS.filter(({ source, status }) => source === undefined && status === 401).slice(0, BURST);
  expect(rows).toHaveLength(BURST);
  for (const row of rows) await sendRow(row, { url: target.urls[row.to], target, from: BURST_SOURCE });
  await eventually(
    async () => {
      const { body } = await target.fixture.call('GET', `/v1/audit-log?action=refusals.burst&subject=${BURST_SOURCE}`);
      expect(body.data).toHaveLength(1);
      expect(body.data[0].after).toMatchObject({
        source: BURST_SOURCE,
        by_code: { invalid_token: expect.any(Number) },
      });
    },
    { timeoutMs: 15_000 },
  );
});

it('nothing that a process writes shows a secret, a token or what is stored of one', () => {
  const pepper = target.fixture.env['TOLLGATE_KEY_PEPPER'] ?? '';
  const shown = target.confidential.flatMap((secret) => [
    secret,
    ...(['hex', 'base64', 'base64url'] as const).flatMap((encoding) => [
      createHash('sha256').update(secret).digest(encoding),
      createHmac('sha256', pepper).update(secret).digest(encoding),
    ]),
  ]);
  for (const service of target.services) {
    const output = service.output();
    expect(output).toContain('listening');
    expect(shown.filter((text) => output.includes(text))).toEqual([]);
    // What was forged, mistyped or guessed may be close to something that is right.
    expect(output).not.toMatch(/tg_(?:live|test|refresh)_\w{4}|eyJ[\w-]{20}|\b(?:bearer|basic) [\w-]{8}/i);
  }
});

it('none of them let anything in', async () => {
  const { body } = await target.fixture.call('GET', '/v1/keys?limit=1000');
  // Those of the target without the one that was deleted, and the operator's.
  expect(body.data).toHaveLength(Object.keys(target.keys).length);
  for (const url of [target.urls.ingest, target.urls.api]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
});
