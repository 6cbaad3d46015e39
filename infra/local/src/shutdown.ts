// The end of a local run: what was started last stops first, on Ctrl-C, on SIGTERM, and when something has failed.

import process from 'node:process';
import { onLauncherGone } from './launcher.ts';

export interface Shutdown {
  /** Registers what has to be stopped. */
  onStop(stop: () => Promise<void>): void;
  /** Stops everything and ends the process. */
  stop(exitCode: number): Promise<void>;
  isStopping(): boolean;
}

/** `say` takes a line for people. */
export function createShutdown(say: (line: string) => void): Shutdown {
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;

  const stopAll = async (exitCode: number): Promise<void> => {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
      await stop().catch((error: unknown) => say(`A part did not stop in order: ${String(error)}`));
    }
    process.exit(exitCode);
  };
  const stop = (exitCode: number): Promise<void> => {
    stopping ??= stopAll(exitCode);
    return stopping;
  };

  const stopInOrder = (): void => {
    say('Stopping ...');
    void stop(0);
  };
  let asked = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      asked++;
      // npm passes on the Ctrl-C that this process has from the terminal already, so the second one is not meant. Whoever
      // asks a third time does not want to wait; the keeper ends what is left.
      if (asked > 2) process.exit(130);
      if (stopping === undefined) stopInOrder();
    });
  }
  onLauncherGone(() => {
    if (stopping === undefined) stopInOrder();
  });
  return { onStop: (stopOne) => void stops.push(stopOne), stop, isStopping: () => stopping !== undefined };
}
