// `GET /v1/books`: does everything that was accepted appear exactly once, as something?

import { formatTimestamp } from '@tollgate/domain';
import type { BooksCount, ConsumedUntil, Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import type { InFlight } from './in-flight.ts';
import { AsOf, periodOf, periodQuery } from './period.ts';
import { defineRoute, json, type Route } from './route.ts';
import { Count, Timestamp } from './schemas.ts';
import { customerInQuestion } from './tenancy.ts';

const BooksSchema = Type.Object({
  start: Timestamp,
  end: Timestamp,
  accepted: Count,
  stored: Count,
  duplicate: Count,
  conflict: Count,
  dead_lettered: Count,
  voided: Count,
  in_flight: Count,
  in_flight_complete: Type.Boolean({ description: 'False: the log holds more than was counted, so nothing balances.' }),
  missing_entries: Type.Integer({
    minimum: 0,
    description: 'Entries of the log that were skipped, over all time: anything but 0 is a loss.',
  }),
  balances: Type.Boolean({
    description:
      '`accepted` = `stored` + `duplicate` + `conflict` + `dead_lettered` + `voided` + `in_flight`, with nothing missing and nothing uncounted.',
  }),
  as_of: AsOf,
});

export interface BookOptions {
  readonly warehouse: Warehouse;
  readonly inFlight: InFlight;
  /** Of the log that is in use now. */
  readonly epoch: number;
}

export function bookRoutes({ warehouse, inFlight, epoch }: BookOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/books',
      operationId: 'getBooks',
      tag: 'Usage',
      summary: 'Whether the books of a period balance',
      description:
        'All copies of an event fall into the period of its first. A copy that carries another time, and a void, take up to a few seconds to take effect; until then the books may not balance.',
      scope: 'usage:read',
      query: Type.Object({ ...periodQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: BooksSchema },
      errors: ['customer_mismatch'],
      async handle({ caller, query }) {
        const { startMs, endMs } = periodOf(query);
        const customerId = customerInQuestion(caller, query.customer);
        const asOfMs = await warehouse.asOf();
        const books = await readBooks({ warehouse, inFlight, epoch }, { startMs, endMs, customerId });
        return json(200, {
          start: formatTimestamp(startMs),
          end: formatTimestamp(endMs),
          accepted: books.accepted,
          stored: books.stored,
          duplicate: books.duplicate,
          conflict: books.conflict,
          dead_lettered: books.deadLettered,
          voided: books.voided,
          in_flight: books.inFlight,
          in_flight_complete: books.isComplete,
          missing_entries: books.missingEntries,
          balances: books.unaccounted === 0n && books.isComplete && books.missingEntries === 0n,
          as_of: asOfMs === null ? null : formatTimestamp(asOfMs),
        });
      },
    }),
  ];
}

interface PeriodBooks extends BooksCount {
  readonly inFlight: bigint;
  /** False: the log holds more than was counted. */
  readonly isComplete: boolean;
  /** Accepted, and not found as anything. */
  readonly unaccounted: bigint;
}

export async function readBooks(
  { warehouse, inFlight, epoch }: BookOptions,
  period: { readonly startMs: number; readonly endMs: number; readonly customerId: string | undefined },
): Promise<PeriodBooks> {
  const { startMs, endMs, customerId } = period;
  // The log first, then how far it is stored: of what was in the log, each record is then on one side of that line.
  const tail = await inFlight.tail({ startMs, endMs, customerId });
  const until = await warehouse.consumedUntil();
  const books = await warehouse.books({ startMs, endMs, until, ...(customerId === undefined ? {} : { customerId }) });
  const inFlightEvents = tail.eventsFrom(offsetsOf(until, epoch));
  const { stored, duplicate, conflict, deadLettered, voided } = books;
  return {
    ...books,
    accepted: books.accepted + inFlightEvents,
    inFlight: inFlightEvents,
    isComplete: tail.isComplete,
    unaccounted: books.accepted - (stored + duplicate + conflict + deadLettered + voided),
  };
}

function offsetsOf(until: readonly ConsumedUntil[], epoch: number): ReadonlyMap<number, bigint> {
  return new Map(
    until.filter((one) => one.epoch === epoch).map(({ partition, nextOffset }) => [partition, nextOffset]),
  );
}
