// The certificate and the key that a service serves HTTPS with: read from their files, and read again when they are renewed.
// Renewals replace files by renaming, or turn a symbolic link; so it is their contents that are compared, every second,
// and no event of the file system has to be trusted.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ConfigurationError, type EnvironmentReader } from './environment.ts';
import type { Logger } from './logger.ts';
import { repeat } from './repeat.ts';

export interface TlsFiles {
  /** PEM, the service's own certificate first, then those that lead to a root. */
  readonly certFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
}

export type TlsCredentials = Required<Pick<SecureContextOptions, 'minVersion'>> & {
  readonly cert: string;
  readonly key: string;
};

export interface TlsWatch {
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
const MIN_VERSION = 'TLSv1.2';

/** `TLS_CERT_FILE` and `TLS_KEY_FILE`; undefined when neither is set. */
export function readTlsFiles(env: EnvironmentReader): TlsFiles | undefined {
  const files = { cert: env.optionalText('TLS_CERT_FILE'), key: env.optionalText('TLS_KEY_FILE') };
  if (files.cert === undefined && files.key === undefined) return undefined;
  // One alone is a mistake, and the other is then said to be missing.
  return { certFile: env.text('TLS_CERT_FILE'), keyFile: env.text('TLS_KEY_FILE') };
}

/** Fails with `ConfigurationError` when they cannot be read, or do not belong together. */
export async function loadTlsCredentials(files: TlsFiles): Promise<TlsCredentials> {
  try {
    return checked(await readTexts(files));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${reason}`]);
  }
}

/** Milliseconds since the epoch. */
export function expiryOf(cert: string): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

/** Hands over each new pair that is good. One that is not is said once, and the pair before it stays. */
export function watchTlsCredentials(
  {
    files,
    loaded,
    onRenewed,
  }: {
    readonly files: TlsFiles;
    readonly loaded: TlsCredentials;
    readonly onRenewed: (credentials: TlsCredentials) => void;
  },
  logger: Logger,
): TlsWatch {
  let seen = `${loaded.cert}${loaded.key}`;
  let lastFailure = '';
  const look = async (): Promise<void> => {
    try {
      const texts = await readTexts(files);
      const found = `${texts.cert}${texts.key}`;
      if (found === seen) return;
      // Of the two files one may be newer for a moment: then the pair does not fit, and the next look finds both.
      onRenewed(checked(texts));
      seen = found;
      lastFailure = '';
      logger.info({ certFile: files.certFile }, 'serving with a new certificate');
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (failure === lastFailure) return;
      lastFailure = failure;
      logger.error({ err: error }, 'the new certificate or its key cannot be used; the one before stays in use');
    }
  };
  return repeat({ name: 'look for a new certificate', everyMs: LOOK_EVERY_MS, run: look }, logger);
}

async function readTexts({ certFile, keyFile }: TlsFiles): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}

/** Throws for what is no certificate, no key, or the key of another certificate. */
function checked(texts: { readonly cert: string; readonly key: string }): TlsCredentials {
  const credentials = { ...texts, minVersion: MIN_VERSION } as const;
  // A file that is being written is empty for a moment, and a context without a certificate is made without a word.
  const certificate = new X509Certificate(texts.cert);
  if (!certificate.checkPrivateKey(createPrivateKey(texts.key))) throw new Error('The key is of another certificate.');
  createSecureContext(credentials);
  return credentials;
}
