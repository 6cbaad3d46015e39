// The layout is the architecture: who may import whom is read from the sources' own import statements and held against
// the rules below, so that a forbidden import fails here rather than in a review.

import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Loaded only where traces are told to a collector. */
const OPENTELEMETRY = ['api', 'exporter-trace-otlp-http', 'resources', 'sdk-trace'].map(
  (name) => `@opentelemetry/${name}`,
);

/** What each package may import besides itself and Node.js: our packages by their short name, vendors by theirs. */
const PACKAGES: Readonly<Record<string, { readonly ours: readonly string[]; readonly vendors: readonly string[] }>> = {
  // Calendars of time zones are nobody's own code: Temporal is the language's, and this its polyfill.
  domain: { ours: [], vendors: ['typebox', 'temporal-polyfill'] },
  runtime: { ours: ['domain'], vendors: ['csv-stringify', 'pino', 'prom-client', 'ulid', ...OPENTELEMETRY] },
  tokenizer: { ours: ['domain'], vendors: ['tiktoken'] },
  auth: { ours: ['domain', 'runtime'], vendors: ['jose', 'lru-cache'] },
  'event-log': { ours: ['domain', 'runtime'], vendors: ['kafkajs', 'ioredis'] },
  warehouse: { ours: ['domain'], vendors: ['@clickhouse/client'] },
  limits: { ours: ['domain', 'runtime'], vendors: ['ioredis'] },
  accounts: { ours: ['domain', 'runtime'], vendors: ['pg'] },
  // Runs in other people's programs, wherever those run: web standards alone.
  client: { ours: [], vendors: [] },
  // Files of other people's formats, and who writes them.
  'invoice-files': {
    ours: ['domain', 'runtime'],
    vendors: ['hyparquet-writer', '@e-invoice-eu/core', '@myriaddreamin/typst-ts-node-compiler', 'ajv'],
  },
  archive: { ours: ['domain'], vendors: [] },
  // Speaks to the API as anybody does.
  cli: { ours: [], vendors: [] },
  // What is done with invoices, over the ports it is handed: of the adapters it knows the types alone.
  invoicing: { ours: ['domain', 'runtime', 'accounts', 'warehouse'], vendors: [] },
  // BullMQ brings no client of its own.
  jobs: { ours: ['runtime'], vendors: ['bullmq', 'ioredis'] },
};

/** The vendor client of each adapter file: one each, and nowhere else. */
const VENDOR_FILES: Readonly<Record<string, RegExp>> = {
  kafkajs: /^packages\/event-log\/src\/kafka/,
  ioredis: /^packages\/(?:event-log|limits|jobs)\/src\/redis/,
  bullmq: /^packages\/jobs\/src\/redis/,
  '@clickhouse/client': /^packages\/warehouse\/src\//,
  pg: /^packages\/accounts\/src\//,
  '@opentelemetry/sdk-trace': /^packages\/runtime\/src\/otlp-tracing/,
  tiktoken: /^packages\/tokenizer\/src\//,
};

/** The adapters' factories: what only a composition root may call. */
const FACTORIES =
  /^(openEventLog|create(RedisLog|RedisLimits|RedisJobs|KafkaLog|ClickHouseWarehouse|PostgresAccounts|Logger|Metrics))$/;

/** Where programs begin: each service's `main.ts`, and the commands for those who run the system. */
const COMPOSITION_ROOT = /^(?:services\/\w+|packages\/cli)\/src\/(main|verify-audit-log)\.ts$/;

interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly {
    readonly specifier: string;
    readonly names: readonly string[];
    readonly isType: boolean;
  }[];
}

const sources = ['packages', 'services', 'infra'].flatMap(listSources).map(readSource);

function listSources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path.includes('/src/') && !path.includes('/node_modules/') && !path.includes('/dist/'));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const fromImports = module.staticImports.map((entry) => ({
    specifier: entry.moduleRequest.value,
    names: entry.entries.flatMap((name) => (name.importName.name === null ? [] : [name.importName.name])),
    isType: entry.entries.length > 0 && entry.entries.every((name) => name.isType),
  }));
  const fromExports = module.staticExports
    .flatMap((entry) => entry.entries)
    .flatMap((entry) => (entry.moduleRequest === null ? [] : [entry.moduleRequest.value]))
    .map((specifier) => ({ specifier, names: [], isType: false }));
  const fromDynamic = module.dynamicImports.flatMap((entry) => {
    const argument = text.slice(entry.moduleRequest.start, entry.moduleRequest.end);
    const literal = /^['"]([^'"]+)['"]$/.exec(argument)?.[1];
    return literal === undefined ? [] : [{ specifier: literal, names: [], isType: false }];
  });
  return { path, text, imports: [...fromImports, ...fromExports, ...fromDynamic] };
}

function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** Every import that breaks a rule, as a sentence. */
function violations(check: (file: SourceFile, specifier: string) => string | undefined): string[] {
  return sources.flatMap((file) =>
    file.imports.flatMap(({ specifier }) => {
      const problem = check(file, specifier);
      return problem === undefined ? [] : [`${file.path} imports ${specifier}: ${problem}`];
    }),
  );
}

const isTest = (path: string): boolean => path.endsWith('.test.ts');

describe('imports', () => {
  it('were found at all', () => {
    expect(sources.length).toBeGreaterThan(30);
    expect(sources.flatMap((file) => file.imports).length).toBeGreaterThan(100);
  });

  it('of packages follow the table', () => {
    const found = violations((file, specifier) => {
      const [area, name] = file.path.split('/');
      if (area !== 'packages' || name === undefined || specifier.startsWith('.')) return undefined;
      if (isBuiltin(specifier) || isTest(file.path)) return undefined;
      const rule = PACKAGES[name];
      if (rule === undefined) return `packages/${name} is not in the table of this test`;
      const wanted = packageNameOf(specifier);
      const isAllowed = wanted.startsWith('@tollgate/')
        ? rule.ours.includes(wanted.slice('@tollgate/'.length))
        : rule.vendors.includes(wanted);
      return isAllowed ? undefined : `packages/${name} may not import it`;
    });
    expect(found).toEqual([]);
  });

  it('of the client are its own files alone, so that it runs wherever there is `fetch`', () => {
    const found = violations((file, specifier) =>
      file.path.startsWith('packages/client/') && !isTest(file.path) && !specifier.startsWith('.')
        ? 'not even Node.js is everywhere'
        : undefined,
    );
    expect(found).toEqual([]);
  });

  it('of a package from outside go through its index', () => {
    const found = violations((_file, specifier) =>
      specifier.startsWith('@tollgate/') && specifier.split('/').length > 2 ? 'only the index is public' : undefined,
    );
    expect(found).toEqual([]);
  });

  it('stay inside the own folder when they are relative', () => {
    const found = violations((file, specifier) => {
      if (!specifier.startsWith('.')) return undefined;
      const home = file.path.split('/').slice(0, 2).join('/');
      const target = relative(ROOT, join(ROOT, dirname(file.path), specifier))
        .split(sep)
        .join('/');
      return target.startsWith(`${home}/`) ? undefined : 'it lies in another package';
    });
    expect(found).toEqual([]);
  });

  it('never lead from one service to another, nor from a package to a service', () => {
    const services = readdirSync(join(ROOT, 'services')).map((name) => `@tollgate/${name}`);
    const found = violations((file, specifier) => {
      const home = `@tollgate/${file.path.split('/')[1]}`;
      return services.includes(specifier) && specifier !== home ? 'services are not imported' : undefined;
    });
    expect(found).toEqual([]);
  });

  it('of vendor clients stand only in the adapter that is named for them', () => {
    const found = violations((file, specifier) => {
      const place = VENDOR_FILES[packageNameOf(specifier)];
      if (place === undefined || place.test(file.path) || isTest(file.path)) return undefined;
      return file.path.startsWith('infra/') ? undefined : 'it belongs behind a port';
    });
    expect(found).toEqual([]);
  });

  it("of adapters' factories stand only in main.ts", () => {
    const found = sources
      .filter((file) => file.path.startsWith('services/') && !COMPOSITION_ROOT.test(file.path) && !isTest(file.path))
      .flatMap((file) =>
        file.imports
          .filter((entry) => !entry.isType && entry.names.some((name) => FACTORIES.test(name)))
          .map((entry) => `${file.path} takes a factory of ${entry.specifier}`),
      );
    expect(found).toEqual([]);
  });
});

/** What opens connections, by the module that it comes from. Servers, addresses and types do not. */
const CALLS: Readonly<Record<string, RegExp>> = {
  http: /^(request|get|Agent|ClientRequest)$/,
  https: /^(request|get|Agent)$/,
  net: /^(connect|createConnection)$/,
  tls: /^connect$/,
  http2: /^connect$/,
  dgram: /^createSocket$/,
  dns: /^(?!LookupAddress$)/,
};
const CALL_VENDORS = /^(undici|axios|got|node-fetch|ws|superagent|needle|ky)$/;

const ELSEWHERE = /^(packages\/(client|cli)|services\/dashboard)\//;

describe('addresses that users supply', () => {
  // The SDK and the command line run at users', the dashboard in their browsers, and all call us.
  const services = sources.filter(
    ({ path }) => /^(packages|services)\//.test(path) && !ELSEWHERE.test(path) && !isTest(path),
  );
  const isWebhooks = (path: string): boolean => path.startsWith('services/webhooks/src/');

  const calling = services.filter(
    (file) =>
      /\bfetch\(|\bnew (?:WebSocket|EventSource)\(/.test(file.text) ||
      file.imports.some(({ specifier, names, isType }) => {
        const [module = ''] = specifier.replace(/^node:/, '').split('/');
        const calls = Object.hasOwn(CALLS, module) ? CALLS[module] : undefined;
        if (isType) return false;
        if (calls === undefined) return CALL_VENDORS.test(packageNameOf(specifier));
        return names.length === 0 || names.some((name) => calls.test(name));
      }),
  );

  it('are called by webhooks alone: nobody else opens a connection that is not an adapter’s', () => {
    expect(calling.map(({ path }) => path).filter((path) => !isWebhooks(path))).toEqual([]);
    expect(calling.map(({ path }) => path)).toContain('services/webhooks/src/send-request.ts');
  });

  it('are called from one file, whose look-up comes from the one that checks', () => {
    const files = calling.map(({ path }) => path);
    // `main.ts` makes the resolver that the look-up is given.
    expect(files.sort()).toEqual(['services/webhooks/src/main.ts', 'services/webhooks/src/send-request.ts']);
  });
});

describe('sources', () => {
  it('read the environment only in main.ts', () => {
    const found = sources
      .filter((file) => /^(packages|services)\//.test(file.path) && !COMPOSITION_ROOT.test(file.path))
      .filter((file) => !isTest(file.path) && /\bprocess\.env\b/.test(file.text))
      .map((file) => file.path);
    expect(found).toEqual([]);
  });

  it('have no cycles of imports', () => {
    const graph = new Map(
      sources.map((file) => [
        file.path,
        file.imports
          .filter((entry) => entry.specifier.startsWith('.') && !entry.isType)
          .map((entry) =>
            relative(ROOT, join(ROOT, dirname(file.path), entry.specifier))
              .split(sep)
              .join('/'),
          ),
      ]),
    );
    expect(findCycle(graph)).toEqual([]);
  });
});

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
