// The manifest of an archive: what is in it, what it comes to, and a SHA-256 of each file.

import type { InvoiceExport } from '@tollgate/accounts';
import type { Archives, WrittenPart } from '@tollgate/archive';
import { formatTimestamp, type JsonObject } from '@tollgate/domain';
import { addTotals, type ControlTotals, NO_TOTALS, totalsForManifest, totalsFromJson } from './control-totals.ts';

const FORMAT = 'tollgate.archive/1';

interface Told {
  readonly made: InvoiceExport;
  /** Of the month, not finalized when the archive was put together. */
  readonly drafts: number;
  readonly nowMs: number;
}

/** As text, a part at a time: the list of files is as long as there are customers. */
export async function* manifestOf(archives: Archives, told: Told): AsyncGenerator<Uint8Array> {
  const { made, drafts, nowMs } = told;
  let totals: ControlTotals = NO_TOTALS;
  let files = 0;
  let missing = 0;
  for await (const part of archives.readParts(made.id)) {
    files += part.files.length;
    missing += missingOf(part).length;
    totals = addTotals(totals, totalsFromJson(objectIn(part.note, 'totals')));
  }
  const head = {
    ...{ format: FORMAT, export: made.id, month: made.month, formats: made.formats },
    created_at: formatTimestamp(nowMs),
    counts: { invoices: made.invoicesTotal, drafts, files, missing },
    totals: totalsForManifest(totals),
  };
  const utf8 = new TextEncoder();
  yield utf8.encode(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "files": [`);
  yield* listed(archives, made.id, (part) => part.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })));
  yield utf8.encode('\n  ],\n  "missing": [');
  yield* listed(archives, made.id, missingOf);
  yield utf8.encode('\n  ]\n}\n');
}

async function* listed(
  archives: Archives,
  id: string,
  itemsOf: (part: WrittenPart) => readonly JsonObject[],
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const part of archives.readParts(id)) {
    const items = itemsOf(part).map((item) => `\n    ${JSON.stringify(item)}`);
    if (items.length === 0) continue;
    yield new TextEncoder().encode(`${isFirst ? '' : ','}${items.join(',')}`);
    isFirst = false;
  }
}

function missingOf({ note }: WrittenPart): readonly JsonObject[] {
  const missing = note['missing'];
  return Array.isArray(missing) ? missing.filter((item) => typeof item === 'object' && item !== null) : [];
}

function objectIn(note: JsonObject, name: string): JsonObject {
  const value = note[name];
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
