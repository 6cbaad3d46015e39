import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError, readEnvironment } from './environment.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { readTlsFiles } from './tls-files.ts';
import { createWebServer } from './web-server.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

interface Pair {
  readonly cert: string;
  readonly private: string;
}

/** A certificate for localhost whose subject tells it from others. */
const newPair = (name: string): Promise<Pair> =>
  generate([{ name: 'commonName', value: name }], { keyType: 'ec', curve: 'P-256' });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-tls-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Started {
  readonly port: number;
  readonly broken: string[];
  metrics(): Promise<string>;
  close(): Promise<void>;
}

async function startServer(files: { readonly certFile: string; readonly keyFile: string }): Promise<Started> {
  const broken: string[] = [];
  const metrics = createMetrics('test');
  const { server, onBroken } = await createWebServer({
    server: {},
    tls: files,
    metrics,
    listener: (req, res) => res.end(`${req.url} on ${req.socket.remotePort}`),
    refuse: (_error, _req, res) => res.writeHead(400).end(),
    logger,
  });
  onBroken((error, socket) => {
    broken.push(error.code ?? '');
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    broken,
    metrics: () => metrics.metrics(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The subject of the certificate that a new connection is shown. */
/** At once, so that nobody reads half of it. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function shownTo(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return String(socket.getPeerCertificate().subject.CN);
  } finally {
    socket.destroy();
  }
}

async function get(
  port: number,
  agent: Agent,
): Promise<{ readonly text: string; readonly hsts: unknown; readonly shown: string }> {
  const req = request({ port, host: '127.0.0.1', path: '/x', agent, rejectUnauthorized: false }).end();
  const [res] = await once(req, 'response');
  const shown = String((res.socket as TLSSocket).getPeerCertificate().subject.CN);
  let text = '';
  for await (const chunk of res) text += chunk;
  return { text, hsts: res.headers['strict-transport-security'], shown };
}

describe('a server with a certificate', () => {
  it('serves, shows a renewed certificate to new connections, and lets the old ones go on', async () => {
    const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
    // As Kubernetes and certbot do it: a link to a folder that is replaced.
    const place = async (version: string, pair: Pair): Promise<void> => {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'tls.crt'), pair.cert);
      await writeFile(join(folder, version, 'tls.key'), pair.private);
      await symlink(version, join(folder, 'next'));
      await rename(join(folder, 'next'), join(folder, 'current'));
    };
    await place('1', await newPair('first'));
    await symlink('current/tls.crt', files.certFile);
    await symlink('current/tls.key', files.keyFile);
    const server = await startServer(files);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const before = await get(server.port, agent);
      expect(before).toMatchObject({ hsts: 'max-age=31536000', shown: 'first' });
      await place('2', await newPair('second'));
      await vi.waitFor(async () => expect(await shownTo(server.port)).toBe('second'), {
        timeout: 10_000,
        interval: 100,
      });
      expect(await get(server.port, agent)).toEqual(before);
    } finally {
      agent.destroy();
      await server.close();
    }
  }, 20_000);

  it('keeps the certificate it has while the new one is broken or does not fit its key', async () => {
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const [first, second, third] = await Promise.all(['first', 'second', 'third'].map(newPair));
    if (first === undefined || second === undefined || third === undefined) throw new Error('no pairs');
    await writeFile(files.certFile, first.cert);
    await writeFile(files.keyFile, first.private);
    const said = vi.spyOn(logger, 'error');
    const server = await startServer(files);
    try {
      await replace(files.certFile, second.cert.slice(0, 200));
      await vi.waitFor(() => expect(said).toHaveBeenCalledOnce(), { timeout: 10_000 });
      expect(await shownTo(server.port)).toBe('first');
      // One file is newer than the other: the pair does not fit.
      await replace(files.certFile, third.cert);
      await vi.waitFor(() => expect(said).toHaveBeenCalledTimes(2), { timeout: 10_000 });
      expect(await shownTo(server.port)).toBe('first');
      await replace(files.keyFile, third.private);
      await vi.waitFor(async () => expect(await shownTo(server.port)).toBe('third'), {
        timeout: 10_000,
        interval: 100,
      });
      // As a file is for a moment that is written where it lies.
      await replace(files.certFile, '');
      await vi.waitFor(() => expect(said).toHaveBeenCalledTimes(3), { timeout: 10_000 });
      expect(await shownTo(server.port)).toBe('third');
      await rm(files.certFile);
      await vi.waitFor(() => expect(said).toHaveBeenCalledTimes(4), { timeout: 10_000 });
      expect(await shownTo(server.port)).toBe('third');
    } finally {
      said.mockRestore();
      await server.close();
    }
  }, 60_000);

  it('closes a connection that does not speak TLS, or an old version of it, and goes on', async () => {
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const pair = await newPair('only');
    await writeFile(files.certFile, pair.cert);
    await writeFile(files.keyFile, pair.private);
    const server = await startServer(files);
    try {
      const plain = connectPlain(server.port, '127.0.0.1');
      const startedAtMs = performance.now();
      plain.on('error', () => undefined);
      plain.resume().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(plain, 'close');
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
      const old = connect({
        port: server.port,
        host: '127.0.0.1',
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT@SECLEVEL=0',
        rejectUnauthorized: false,
      });
      const [error] = await once(old, 'error');
      expect(String(error)).toMatch(/alert protocol version|unsupported protocol/i);
      expect(await shownTo(server.port)).toBe('only');
      // What is wrong inside TLS is answered.
      expect(server.broken).toEqual([]);
      const inside = connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
      inside.write('NOT HTTP\r\n\r\n');
      const [answer] = await once(inside, 'data');
      expect(String(answer)).toContain('400');
    } finally {
      await server.close();
    }
  });
});

describe('the configuration', () => {
  it('names the file that is missing, and what is wrong with a pair at the start', async () => {
    expect(readEnvironment({}, readTlsFiles)).toBeUndefined();
    expect(() => readEnvironment({ TLS_CERT_FILE: 'a' }, readTlsFiles)).toThrow('TLS_KEY_FILE is not set');
    const files = { certFile: join(folder, 'none.pem'), keyFile: join(folder, 'none.key') };
    await expect(startServer(files)).rejects.toThrow(ConfigurationError);
  });
});
