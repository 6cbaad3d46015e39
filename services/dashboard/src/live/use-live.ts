// Hears from the api that something new was counted, and has what is shown asked for again: at once, but not more often than
// once in a second, and not while nobody looks.

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { addressOf } from '../api/view.ts';

export interface Live {
  /** Whether the stream is open. */
  readonly isOpen: boolean;
  /** Entries of the log that wait to be counted; null: not known. */
  readonly lagEntries: number | null;
  /** Up to when everything accepted is included. */
  readonly asOf: string | null;
}

interface Told {
  readonly counted: string;
  readonly lag_entries: number | null;
  readonly as_of: string | null;
}

const ASK_EVERY_MS = 1_000;

export function useLive(queryKey: QueryKey): Live {
  const queries = useQueryClient();
  const [live, setLive] = useState<Live>({ isOpen: false, lagEntries: null, asOf: null });
  const key = useRef(queryKey);
  key.current = queryKey;
  useEffect(() => {
    const source = new EventSource(addressOf('/v1/live'));
    let counted: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let askedAtMs = 0;
    const ask = (): void => {
      timer = undefined;
      askedAtMs = performance.now();
      if (!document.hidden) void queries.invalidateQueries({ queryKey: key.current });
    };
    source.onmessage = ({ data }) => {
      const told: Told = JSON.parse(data);
      setLive({ isOpen: true, lagEntries: told.lag_entries, asOf: told.as_of });
      // The first that is told may have been counted after what is shown was asked for.
      const isNew = counted !== told.counted;
      counted = told.counted;
      if (isNew && timer === undefined) {
        timer = setTimeout(ask, Math.max(0, askedAtMs + ASK_EVERY_MS - performance.now()));
      }
    };
    source.onerror = () => setLive((before) => ({ ...before, isOpen: false }));
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [queries]);
  return live;
}
