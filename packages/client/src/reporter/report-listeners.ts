// Who is told of what becomes of events.

import type { QueuedEvent } from '../event.ts';
import type { Rejection, Retry, UndeliveredReason } from './delivery.ts';

export interface ReportListeners {
  /** Tollgate does not take the event as it is: repair it and report it again, or look at why. */
  onRejected(event: QueuedEvent, rejection: Rejection): void;
  /** The event is yours again: keep it and report it later, with the same id. */
  onUndelivered(event: QueuedEvent, reason: UndeliveredReason): void;
  /** An attempt failed; another one follows by itself. */
  onRetry(retry: Retry): void;
}

/** What nobody listens to is written to the console, without anything of the event but its id. */
export function completeListeners(given: Partial<ReportListeners>): ReportListeners {
  const { onRejected = warnRejected, onUndelivered = warnUndelivered, onRetry = () => {} } = given;
  return { onRejected: safely(onRejected), onUndelivered: safely(onUndelivered), onRetry: safely(onRetry) };
}

/** A mistake of a listener must be seen, but must not stop the delivery of events. */
function safely<Parameters extends unknown[]>(listener: (...parameters: Parameters) => void) {
  return (...parameters: Parameters): void => {
    try {
      listener(...parameters);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

function warnRejected({ id }: QueuedEvent, { code, detail }: Rejection): void {
  // biome-ignore lint/suspicious/noConsole: usage that is lost must not be lost in silence.
  console.error(`tollgate: event ${id} was rejected: ${code}: ${detail}`);
}

function warnUndelivered({ id }: QueuedEvent, reason: UndeliveredReason): void {
  // biome-ignore lint/suspicious/noConsole: usage that is lost must not be lost in silence.
  console.error(`tollgate: event ${id} was not delivered: ${reason}`);
}
