// Loaded into a service before anything else: its clock is wrong by CLOCK_SHIFT_MS. Durations are right, as they are where somebody
// has set the clock of a machine.

import process from 'node:process';

const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const RightDate = Date;

globalThis.Date = class WrongDate extends RightDate {
  constructor(...given) {
    if (given.length === 0) super(RightDate.now() + shiftMs);
    else super(...given);
  }

  static now() {
    return RightDate.now() + shiftMs;
  }
};
