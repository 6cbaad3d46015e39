// The life of a service process: start, run, stop in order. What was opened last is closed first; a second signal, or a
// close that hangs, ends the process all the same.

import process from 'node:process';
import { ConfigurationError } from './environment.ts';
import type { Logger } from './logger.ts';

export interface Closable {
  close(): Promise<void>;
}

export interface ServiceScope {
  /** Registers what has to be closed at shutdown, in reverse order of registration. */
  onShutdown(name: string, close: () => Promise<void>): void;
  /** Ends the process with status 1 after an orderly shutdown: for a background task that died. */
  fail(error: unknown): void;
}

interface ServiceOptions {
  readonly logger: Logger;
  readonly shutdownTimeoutMs: number;
}

/** Runs `start` and keeps the process until SIGTERM or SIGINT. */
export async function runService(
  options: ServiceOptions,
  start: (scope: ServiceScope) => Promise<void>,
): Promise<void> {
  const { logger } = options;
  const closers: { readonly name: string; readonly close: () => Promise<void> }[] = [];
  let isStopping = false;

  const stop = async (exitCode: number): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    const deadline = setTimeout(() => {
      logger.error('shutdown took too long; exiting');
      process.exit(1);
    }, options.shutdownTimeoutMs);
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        logger.error({ err: error, part: name }, 'a part did not close cleanly');
      }
    }
    clearTimeout(deadline);
    logger.info('stopped');
    process.exit(exitCode);
  };

  const fail = (error: unknown): void => {
    if (isStopping) return;
    logger.fatal({ err: error }, 'the service cannot go on');
    void stop(1);
  };

  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  try {
    await start({ onShutdown: (name, close) => closers.push({ name, close }), fail });
  } catch (error) {
    fail(error);
  }
}

/** For the top of a `main.ts`: prints a configuration error as sentences, not as a stack, and ends the process. */
export function exitOnConfigurationError(error: unknown): never {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(78);
}
