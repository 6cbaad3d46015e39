import { expect, it } from 'vitest';
import { customerOfReservation, reservationIdOf } from './reservation-id.ts';

const UNIQUE = `res_${'01kazv0n3q8m2x7c5b4d9f6gh1'}`;

it.each(['cus_01kazv0n3q8m2x7c5b4d9f6gh2', 'cus_1', `cus_${'a'.repeat(64)}`])(
  'names its customer, %s',
  (customerId) => {
    expect(customerOfReservation(reservationIdOf(UNIQUE, customerId))).toBe(customerId);
  },
);

it.each(['', UNIQUE, 'res_1', `evt_${'0'.repeat(30)}`, `${UNIQUE}a/b`, `${UNIQUE}${'a'.repeat(65)}`, `${UNIQUE}a{b}`])(
  'is not %j',
  (text) => expect(customerOfReservation(text)).toBeNull(),
);
