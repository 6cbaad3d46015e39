// What a sender knows: each request before it is sent, and what became of it, on the disk before anything else is done. What the
// system comes to is held against what stands there.

import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an event must come to. */
export interface Quantities {
  readonly model: string;
  readonly input: number;
  readonly output: number;
}

export interface Journal {
  /** Events that were answered 202 (or told to be duplicates): each counts once. */
  readonly acknowledged: ReadonlyMap<string, Quantities>;
  /** Nobody knows: each may count, once. */
  readonly unknown: ReadonlyMap<string, Quantities>;
  /** None of them may ever be stored. */
  readonly refused: ReadonlySet<string>;
  /** How often an event was acknowledged that had been acknowledged before. */
  readonly copies: number;
}

/** `failed`: refused as a whole. */
type Outcome =
  | { readonly kind: 'ok'; readonly rejected: readonly string[] }
  | { readonly kind: 'failed' }
  | { readonly kind: 'unknown' };

type Line =
  | { readonly request: number; readonly events: Readonly<Record<string, Quantities>> }
  | { readonly request: number; readonly outcome: Outcome };

export interface JournalWriter {
  /** Resolves to the request's number once it is on the disk: it may be sent then. */
  begin(events: Readonly<Record<string, Quantities>>): Promise<number>;
  end(request: number, outcome: Outcome): Promise<void>;
  /** Resolves to what stands on the disk. */
  close(): Promise<Journal>;
}

export async function openJournal(): Promise<JournalWriter> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-journal-'));
  const path = join(folder, 'journal.jsonl');
  const file = await open(path, 'a');
  const waiting: string[] = [];
  let written = Promise.resolve();
  let requests = 0;

  /** One write and one flush for all that wait. */
  const write = (line: Line): Promise<void> => {
    waiting.push(`${JSON.stringify(line)}\n`);
    written = written.then(async () => {
      if (waiting.length === 0) return;
      await file.appendFile(waiting.splice(0).join(''));
      await file.datasync();
    });
    return written;
  };

  return {
    async begin(events) {
      requests += 1;
      const request = requests;
      await write({ request, events });
      return request;
    },
    end: (request, outcome) => write({ request, outcome }),
    async close() {
      await written;
      await file.close();
      const text = await readFile(path, 'utf8');
      await rm(folder, { recursive: true });
      return readJournal(text);
    },
  };
}

/** A request without an outcome is unknown. */
function readJournal(text: string): Journal {
  const requests = new Map<number, { readonly events: Readonly<Record<string, Quantities>>; outcome: Outcome }>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const entry: Line = JSON.parse(line);
    const known = requests.get(entry.request);
    if ('events' in entry) requests.set(entry.request, { events: entry.events, outcome: { kind: 'unknown' } });
    else if (known !== undefined) known.outcome = entry.outcome;
  }
  const acknowledged = new Map<string, Quantities>();
  const sent = new Map<string, Quantities>();
  const refused = new Set<string>();
  let copies = 0;
  for (const { events, outcome } of requests.values()) {
    const rejected = new Set(outcome.kind === 'ok' ? outcome.rejected : []);
    for (const [id, quantities] of Object.entries(events)) {
      if (outcome.kind === 'failed' || rejected.has(id)) refused.add(id);
      else if (outcome.kind === 'unknown') sent.set(id, quantities);
      else {
        if (acknowledged.has(id)) copies += 1;
        acknowledged.set(id, quantities);
      }
    }
  }
  const unknown = new Map([...sent].filter(([id]) => !acknowledged.has(id)));
  // What was refused once may have been taken another time, when nobody heard of it.
  return { acknowledged, unknown, refused: new Set([...refused].filter((id) => !sent.has(id))), copies };
}
