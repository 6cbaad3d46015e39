// The name of a reservation holds whose it is, so that whoever has the name alone finds the counters that it is held against.

const PREFIX = 'res_';
const CUSTOMER_PREFIX = 'cus_';
/** Of a ULID, which makes it the only one of its name. */
const UNIQUE_LENGTH = 26;
const SHAPE = /^res_[0-9a-z]{26}[A-Za-z0-9_-]{1,64}$/;

/** `unique` is an id of its own with the prefix `res_`. */
export function reservationIdOf(unique: string, customerId: string): string {
  return unique + customerId.slice(CUSTOMER_PREFIX.length);
}

/** Null for what no reservation is named. */
export function customerOfReservation(reservationId: string): string | null {
  if (!SHAPE.test(reservationId)) return null;
  return CUSTOMER_PREFIX + reservationId.slice(PREFIX.length + UNIQUE_LENGTH);
}
