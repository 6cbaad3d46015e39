import { expect, it } from 'vitest';
import { countByPepper } from './watch-peppers.ts';

it('tells secrets that are found, that wait to be moved, and that nobody finds', () => {
  const uses = [
    { pepperId: 'new', secrets: 5 },
    { pepperId: 'old', secrets: 3 },
    { pepperId: null, secrets: 2 },
    { pepperId: 'gone', secrets: 1 },
  ];
  expect(countByPepper(uses, ['new', 'old'])).toEqual({ current: 5, old: 5, missing: 1 });
  expect(countByPepper(uses, ['old', 'new'])).toEqual({ current: 3, old: 7, missing: 1 });
  expect(countByPepper(uses, ['new'])).toEqual({ current: 5, old: 2, missing: 4 });
  expect(countByPepper([], ['new'])).toEqual({ current: 0, old: 0, missing: 0 });
});
