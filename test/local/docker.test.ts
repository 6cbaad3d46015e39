// `infra/compose.yaml` and `infra/Dockerfile` are not run here, since that takes Docker; they are held against Compose's schema
// and Docker's rules, so that a misspelt key fails here and not at an operator's.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const COMPOSE_FILE = fileURLToPath(new URL('../../infra/compose.yaml', import.meta.url));
const DOCKERFILE = fileURLToPath(new URL('../../infra/Dockerfile', import.meta.url));
const SERVERS = ['clickhouse', 'kafka', 'postgres', 'redis'];
const SERVICES = ['api', 'billing', 'counter', 'ingest', 'quota', 'webhooks'];

interface LintResult {
  readonly messages: readonly { readonly type: string; readonly line: number; readonly message: string }[];
}

/** Errors only: the linter's warnings are about the order of keys. */
function lintCompose(file: string): readonly string[] {
  const results: readonly LintResult[] = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] }).lintFiles(
    [file],
    false,
  );
  expect(results).toHaveLength(1);
  return results.flatMap(({ messages }) =>
    messages.filter(({ type }) => type === 'error').map(({ line, message }) => `${line}: ${message}`),
  );
}

describe('compose.yaml', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tollgate-compose-'));
  });

  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it("follows Compose's schema", () => {
    expect(lintCompose(COMPOSE_FILE)).toEqual([]);
  });

  it('would not pass with a misspelt key', async () => {
    const misspelt = join(dir, 'compose.yaml');
    const text = await readFile(COMPOSE_FILE, 'utf8');
    await writeFile(misspelt, text.replace('depends_on:', 'depend_on:'));
    expect(lintCompose(misspelt)).not.toEqual([]);
  });

  it('has every server and service, and each service starts after what it needs', async () => {
    const { services, volumes } = parse(await readFile(COMPOSE_FILE, 'utf8'), { merge: true });
    expect(Object.keys(services).sort()).toEqual([...SERVERS, ...SERVICES].sort());
    expect(Object.keys(services.api.depends_on).sort()).toEqual(SERVERS);
    for (const name of SERVERS) expect(services[name]).toHaveProperty('healthcheck.test');
    for (const name of SERVICES) expect(services[name].command).toEqual(['node', `services/${name}/dist/main.js`]);
    for (const name of SERVICES) expect(services[name].environment).toHaveProperty('KAFKA_BROKERS');
    const used = Object.values(services).flatMap((service) => volumesOf(service));
    expect([...new Set(used)].sort()).toEqual(Object.keys(volumes).sort());
  });
});

describe('the Dockerfile', () => {
  it("follows Docker's rules", async () => {
    expect(validate(await readFile(DOCKERFILE, 'utf8'))).toEqual([]);
  });

  it('would not pass with a misspelt instruction', async () => {
    const text = await readFile(DOCKERFILE, 'utf8');
    expect(validate(text.replace('WORKDIR', 'WORKDIRR'))).not.toEqual([]);
  });
});

function volumesOf(service: unknown): readonly string[] {
  const volumes = typeof service === 'object' && service !== null ? Reflect.get(service, 'volumes') : undefined;
  return Array.isArray(volumes) ? volumes.map((volume) => String(volume).split(':')[0] ?? '') : [];
}
