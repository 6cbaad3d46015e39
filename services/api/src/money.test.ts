import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalOfPico } from './money.ts';

it.each([
  [0n, '0'],
  [1n, '0.000000000001'],
  [-1n, '-0.000000000001'],
  [60_000_000n, '0.00006'],
  [10n ** 12n, '1'],
  [12_345_678_900_000_000n, '12345.6789'],
  [-2_500_000_000_000n, '-2.5'],
  [10n ** 38n + 1n, '100000000000000000000000000.000000000001'],
])('%s picounits are %s', (pico, decimal) => {
  expect(decimalOfPico(pico)).toBe(decimal);
});

it('loses nothing and adds nothing', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (pico) => {
      const text = decimalOfPico(pico);
      expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      const [whole = '', fraction = ''] = text.replace('-', '').split('.');
      const back = BigInt(whole + fraction.padEnd(12, '0'));
      expect(text.startsWith('-') ? -back : back).toBe(pico);
    }),
    { seed: 20_261_124 },
  );
});
