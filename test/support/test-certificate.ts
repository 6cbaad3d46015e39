// A certificate for 127.0.0.1 in files, as an operator would place it, and requests that trust it alone.

import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface TestCertificate {
  readonly env: { readonly TLS_CERT_FILE: string; readonly TLS_KEY_FILE: string };
  /** Puts another certificate in its place, as a renewal does. */
  renew(): Promise<void>;
  /** Fails unless the server shows the certificate that was placed last. */
  send(url: string, options?: SendOptions): Promise<TlsAnswer>;
  close(): Promise<void>;
}

interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TlsAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

const TIMEOUT_MS = 10_000;

export async function createTestCertificate(): Promise<TestCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-certificate-'));
  const env = { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
  let ca = '';
  const renew = async (): Promise<void> => {
    const pair = await generate([{ name: 'commonName', value: 'Tollgate test' }], {
      keyType: 'ec',
      curve: 'P-256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    });
    for (const [file, text] of [
      [env.TLS_CERT_FILE, pair.cert],
      [env.TLS_KEY_FILE, pair.private],
    ] as const) {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    }
    ca = pair.cert;
  };
  await renew();
  return {
    env,
    renew,
    async send(url, { method = 'GET', headers = {}, body } = {}) {
      const req = request(url, { method, headers, ca, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) });
      req.end(body);
      const [res]: IncomingMessage[] = await once(req, 'response');
      if (res === undefined) throw new Error('no answer');
      let text = '';
      for await (const chunk of res) text += String(chunk);
      return { status: res.statusCode, headers: res.headers, text };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
