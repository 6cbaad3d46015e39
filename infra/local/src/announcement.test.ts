import { expect, it } from 'vitest';
import { announce } from './announcement.ts';

const facts = {
  ingestUrl: 'http://localhost:8080',
  apiUrl: 'http://localhost:8081',
  operatorKey: 'tg_live_operator',
  dataDir: '/srv/tollgate',
  nowMs: Date.parse('2026-11-24T10:00:00Z'),
};

function curlLines(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('  curl '));
}

it('prints three lines that send an event, ask for the usage and for the books', () => {
  const lines = curlLines(announce({ ...facts, demoKey: 'tg_live_demo' }));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain("http://localhost:8080/v1/events -H 'Authorization: Bearer tg_live_demo'");
  expect(lines[1]).toContain(
    '/v1/usage?start=2026-11-23T00:00:00Z&end=2026-11-25T00:00:00Z&bucket=day&group_by=model"',
  );
  expect(lines[2]).toContain(
    "/v1/books?start=2026-11-18T00:00:00Z&end=2026-11-25T00:00:00Z\" -H 'Authorization: Bearer tg_live_operator'",
  );
});

it('prints three lines without the demo, too', () => {
  const text = announce(facts);
  expect(curlLines(text)).toHaveLength(3);
  expect(text).not.toContain('Demo key');
});
