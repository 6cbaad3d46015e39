// The sites that may show the customer's view in a frame of theirs.

import type { EnvironmentReader } from '@tollgate/runtime';

const FRAME_ANCESTORS_MAX = 50;
/** No `*`: whoever gets one of the names would be let in. */
const HOST = /^[\w.-]+$|^\[::1\]$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Origins as a content security policy takes them. */
export function readFrameAncestors(read: EnvironmentReader): readonly string[] {
  return read.list('TOLLGATE_FRAME_ANCESTORS', {
    countMax: FRAME_ANCESTORS_MAX,
    flawOf: (text) =>
      isSafeOrigin(text)
        ? undefined
        : `${text} is no origin such as https://app.example.com; plain http is for this machine alone.`,
  });
}

/** Whoever could change a page on its way could act in the frame. */
function isSafeOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  return (
    origin === text &&
    HOST.test(hostname) &&
    (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname)))
  );
}
