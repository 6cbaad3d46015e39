// Until when a limit is suspended, from what a body says of it. Pure.

import { TollgateError } from '@tollgate/domain';

const SECOND_MS = 1_000;

export function suspensionEnd(said: {
  readonly untilMs: number | undefined;
  readonly forSeconds: number | undefined;
  readonly secondsMax: number;
  readonly nowMs: number;
}): number {
  const { untilMs, forSeconds, secondsMax, nowMs } = said;
  if ((untilMs === undefined) === (forSeconds === undefined)) {
    throw refused('/until', 'or `for_seconds` must be given, and not both.');
  }
  const endMs = untilMs ?? nowMs + (forSeconds ?? 0) * SECOND_MS;
  if (endMs <= nowMs) throw refused('/until', 'must lie ahead.');
  if (endMs > nowMs + secondsMax * SECOND_MS) throw refused('/until', `must be ${secondsMax} seconds ahead at most.`);
  return endMs;
}

function refused(pointer: string, detail: string): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'The limit cannot be suspended so. See `errors`.',
    errors: [{ pointer, detail }],
  });
}
