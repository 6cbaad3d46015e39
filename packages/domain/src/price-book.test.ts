import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Markup, Price } from './price.ts';
import { createPriceBook, type PriceBook, type PricedUsage, priceUsage } from './price-book.ts';
import { TOKEN_CLASSES, type TokenCounts } from './token-classes.ts';

const T0 = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

let made = 0;
function price(fields: Partial<Price> = {}): Price {
  made++;
  return {
    id: `prc_${String(made).padStart(6, '0')}`,
    customerId: null,
    provider: 'openai',
    model: 'gpt-4o',
    class: 'input',
    serviceTier: 'standard',
    context: null,
    region: null,
    currency: 'USD',
    amountMicros: 2_500_000n,
    effectiveFromMs: T0,
    effectiveToMs: null,
    knownFromMs: T0,
    createdAtMs: T0,
    createdBy: null,
    note: null,
    source: null,
    ...fields,
  };
}

function markup(fields: Partial<Markup> = {}): Markup {
  const { id, createdAtMs, createdBy, note } = price();
  return {
    ...{ id: id.replace('prc', 'mkp'), createdAtMs, createdBy, note },
    customerId: null,
    provider: '*',
    model: '*',
    currency: 'USD',
    toCurrency: 'USD',
    percentMicros: 20_000_000n,
    rateNanos: 1_000_000_000n,
    effectiveFromMs: T0,
    effectiveToMs: null,
    knownFromMs: T0,
    ...fields,
  };
}

function bookOf(prices: readonly Price[], markups: readonly Markup[] = []): PriceBook {
  const book = createPriceBook();
  book.add({ prices, markups });
  return book;
}

function usage(fields: Partial<PricedUsage> = {}): PricedUsage {
  return {
    customerId: 'cus_a',
    currency: 'USD',
    provider: 'openai',
    model: 'gpt-4o',
    serviceTier: '',
    region: '',
    timeMs: T0 + 10 * DAY,
    receivedAtMs: T0 + 10 * DAY,
    tokens: { input: 1n },
    requests: 1n,
    webSearches: 0n,
    ...fields,
  };
}

/** Picounits, or the reason. */
function costOf(book: PriceBook, of: Partial<PricedUsage> = {}): bigint | string {
  const result = priceUsage(book, usage(of));
  return result.kind === 'priced' ? result.costPico : `${result.reason}: ${result.missing.join(', ')}`;
}

describe('the cost of a usage', () => {
  it('is tokens times the price, exactly, in picounits', () => {
    const output = price({ class: 'output', amountMicros: 10_000_000n });
    const input = price();
    const result = priceUsage(bookOf([input, output]), usage({ tokens: { input: 12n, output: 3n } }));
    expect(result).toMatchObject({ kind: 'priced', costPico: 60_000_000n, priceIds: [input.id, output.id] });
  });

  it('is priced by the piece for requests, web searches and nothing else', () => {
    const book = bookOf([
      price({ class: 'requests', amountMicros: 1_000n }),
      price({ class: 'web_searches', amountMicros: 10_000n }),
    ]);
    expect(costOf(book, { tokens: {}, requests: 2n, webSearches: 3n })).toBe(2_000_000_000n + 30_000_000_000n);
  });

  const cases: readonly (readonly [string, Partial<Price>, Partial<PricedUsage>, bigint | string])[] = [
    ['nothing where nothing was used', {}, { model: 'unheard', tokens: {} }, 0n],
    ['nothing for a request as such', {}, {}, 2_500_000n],
    ['zero where the price is zero', { amountMicros: 0n }, {}, 0n],
    ['unpriced for a model without a price', {}, { model: 'unheard' }, 'unknown_model: input'],
    ['unpriced for another provider', {}, { provider: 'azure' }, 'unknown_model: input'],
    ['unpriced for a class without a price', {}, { tokens: { input: 1n, cache_read: 1n } }, 'no_price: cache_read'],
    ['unpriced for a web search without a price', {}, { webSearches: 1n }, 'no_price: web_searches'],
    ['unpriced in a tier without a price', {}, { serviceTier: 'batch' }, 'no_price_for_service_tier: input'],
    ['unpriced in a tier without a name', {}, { serviceTier: 'scale' }, 'unknown_service_tier: input'],
    ['unpriced in a currency without a price', {}, { currency: 'EUR' }, 'no_price_in_currency: input'],
    ['unpriced for a customer that is not known', {}, { currency: '' }, 'unknown_customer: input'],
    ['unpriced before the price begins', {}, { timeMs: T0 - 1 }, 'unknown_model: input'],
    ['priced from its first millisecond', {}, { timeMs: T0 }, 2_500_000n],
    ['unpriced from its end', { effectiveToMs: T0 + DAY }, { timeMs: T0 + DAY }, 'unknown_model: input'],
    ['priced until its end', { effectiveToMs: T0 + DAY }, { timeMs: T0 + DAY - 1 }, 2_500_000n],
    ['unpriced when received before the price was known', {}, { receivedAtMs: T0 - 1 }, 'unknown_model: input'],
    ['priced when received as it became known', {}, { receivedAtMs: T0 }, 2_500_000n],
    ['that of `standard` for `default`', {}, { serviceTier: 'default' }, 2_500_000n],
    ['that of `standard` for `auto`', {}, { serviceTier: 'auto' }, 2_500_000n],
    ['that of its tier', { serviceTier: 'flex' }, { serviceTier: 'flex' }, 2_500_000n],
    ['that of the undated name', {}, { model: 'gpt-4o-2024-08-06' }, 2_500_000n],
    ['that of the undated name, without dashes', {}, { model: 'gpt-4o-20240806' }, 2_500_000n],
    ['that of the name, for the latest', {}, { model: 'gpt-4o-latest' }, 2_500_000n],
    ['not that of another model with the same beginning', {}, { model: 'gpt-4o-mini' }, 'unknown_model: input'],
    ['not that of a name with four digits more', {}, { model: 'gpt-4o-0806' }, 'unknown_model: input'],
    ['that of the model, with the provider before it', {}, { model: 'openai/gpt-4o' }, 2_500_000n],
    ['that of the model, in any case', { model: 'GPT-4o' }, { provider: 'OpenAI', model: 'gpt-4O' }, 2_500_000n],
    ['that of a beginning', { model: 'gpt-4*' }, { model: 'gpt-4o-mini' }, 2_500_000n],
    ['that of any model', { model: '*' }, { model: 'unheard' }, 2_500_000n],
    ['that of any provider', { provider: '*' }, { provider: 'azure' }, 2_500_000n],
    ['not that of another region', { region: 'eu' }, { region: 'us' }, 'no_price: input'],
    ['not that of a region where none is named', { region: 'eu' }, {}, 'no_price: input'],
    ["not that of another customer's", { customerId: 'cus_b' }, {}, 'unknown_model: input'],
    ['that of `input` for the input of tools', {}, { tokens: { tool_input: 2n } }, 5_000_000n],
    ['that of `input` for images and video', {}, { tokens: { input_image: 1n, input_video: 1n } }, 5_000_000n],
    ['that of `output` for reasoning', { class: 'output' }, { tokens: { reasoning: 2n } }, 5_000_000n],
    ['not that of `input` for audio', {}, { tokens: { input_audio: 1n } }, 'no_price: input_audio'],
    [
      'not that of `output` for images',
      { class: 'output' },
      { tokens: { output_image: 1n } },
      'no_price: output_image',
    ],
    ['nothing of a price that has ended by name', { amountMicros: null }, {}, 'unknown_model: input'],
  ];
  it.each(cases)('is %s', (_name, fields, of, expected) => {
    expect(costOf(bookOf([price(fields)]), of)).toBe(expected);
  });
});

describe('of two prices', () => {
  const cases: readonly (readonly [string, Partial<Price>, Partial<Price>, Partial<PricedUsage>])[] = [
    ["the customer's outranks the list's", { customerId: 'cus_a', model: '*', provider: '*' }, { region: 'eu' }, {}],
    ['the whole name outranks the undated one', { model: 'gpt-4o-2024-08-06' }, { model: 'gpt-4o' }, {}],
    ['the undated name outranks a beginning as long', { model: 'gpt-4o' }, { model: 'gpt-4o*' }, {}],
    ['the longer beginning outranks the undated name', { model: 'gpt-4o-2024*' }, { model: 'gpt-4o' }, {}],
    ['the longer beginning outranks the shorter', { model: 'gpt-4o*' }, { model: 'gpt*' }, {}],
    ['a beginning outranks any model', { model: 'g*' }, { model: '*' }, {}],
    ['the model outranks the provider', { provider: '*' }, { model: '*' }, {}],
    ['the provider outranks any', {}, { provider: '*' }, {}],
    ['the provider outranks the class', { class: 'input' }, { provider: '*', class: 'tool_input' }, {}],
    ['the class outranks the one it is billed as', { class: 'tool_input' }, { class: 'input', region: 'eu' }, {}],
    ['the region outranks any', { region: 'eu' }, { context: { threshold: 0n, isInclusive: true } }, {}],
    ['a band outranks none', { context: { threshold: 1n, isInclusive: true } }, {}, {}],
    [
      'the higher band outranks the lower',
      { context: { threshold: 1n, isInclusive: true } },
      { context: { threshold: 0n, isInclusive: true } },
      {},
    ],
    ['the later beginning outranks the earlier', { effectiveFromMs: T0 + DAY }, { knownFromMs: T0 + DAY }, {}],
    ['the one known later outranks the earlier', { knownFromMs: T0 + DAY }, {}, {}],
    ['a beginning that is over outranks nothing', {}, { effectiveFromMs: T0 + DAY, effectiveToMs: T0 + 2 * DAY }, {}],
    ['what has ended by name leaves what applies to less', { model: '*' }, { amountMicros: null }, {}],
  ];
  const asked = usage({ model: 'gpt-4o-2024-08-06', region: 'eu', tokens: { tool_input: 1n } });
  it.each(cases)('%s', (_name, first, second, of) => {
    const winner = price({ amountMicros: 7n, ...first });
    const loser = price({ amountMicros: 5n, ...second });
    expect(costOf(bookOf([winner, loser]), { ...asked, ...of })).toBe(7n);
    expect(costOf(bookOf([loser, winner]), { ...asked, ...of })).toBe(7n);
  });
});

describe('a context band', () => {
  const base = [price({ amountMicros: 1n }), price({ class: 'output', amountMicros: 10n })];
  const over = (isInclusive: boolean): readonly Price[] => [
    price({ amountMicros: 2n, context: { threshold: 200n, isInclusive } }),
    price({ class: 'output', amountMicros: 20n, context: { threshold: 200n, isInclusive } }),
  ];
  it.each([
    ['over', false, 199n, 199n + 10n],
    ['over', false, 200n, 200n + 10n],
    ['over', false, 201n, 402n + 20n],
    ['from', true, 199n, 199n + 10n],
    ['from', true, 200n, 400n + 20n],
  ])('%s its threshold reprices the whole request (%s, %s)', (_name, isInclusive, input, expected) => {
    expect(costOf(bookOf([...base, ...over(isInclusive)]), { tokens: { input, output: 1n } })).toBe(expected);
  });

  it('is decided by all input, cached included, and not by output', () => {
    const cached = price({ class: 'cache_read', amountMicros: 0n });
    const book = bookOf([...base, ...over(false), cached]);
    expect(costOf(book, { tokens: { input: 1n, cache_read: 199n, output: 1_000n } })).toBe(1n + 10_000n);
    expect(costOf(book, { tokens: { input: 1n, cache_read: 200n, output: 1_000n } })).toBe(2n + 20_000n);
  });
});

describe('a mark-up', () => {
  const pico = 2_500_000n;
  it.each([
    ['adds its percentage', {}, {}, 3_000_000n],
    ['may be a discount', { percentMicros: -10_000_000n }, {}, 2_250_000n],
    ['ends by name', { percentMicros: null }, {}, pico],
    ['is of its customer', { customerId: 'cus_b' }, {}, pico],
    ['is of its models', { model: 'o*' }, {}, pico],
    ['converts', { toCurrency: 'EUR', rateNanos: 900_000_000n }, { currency: 'EUR' }, 2_700_000n],
    ['converts into its currency alone', { toCurrency: 'EUR', rateNanos: 900_000_000n }, {}, pico],
    ['rounds half-up to the millionth', { percentMicros: 20n }, {}, 2_500_001n],
    ['rounds less than half down', { percentMicros: 19n }, {}, pico],
  ])('%s', (_name, fields, of, expected) => {
    expect(costOf(bookOf([price()], [markup(fields)]), of)).toBe(expected);
  });

  it("is not applied to a customer's own price", () => {
    expect(costOf(bookOf([price({ customerId: 'cus_a' })], [markup()]))).toBe(pico);
  });

  it('is named beside the price', () => {
    const [list, up] = [price(), markup()];
    expect(priceUsage(bookOf([list], [up]), usage())).toMatchObject({ priceIds: [list.id, up.id] });
  });

  it("of the customer outranks everyone's, and a list price in the customer's currency one that is converted", () => {
    const ups = [markup(), markup({ customerId: 'cus_a', percentMicros: 50_000_000n })];
    expect(costOf(bookOf([price()], ups))).toBe(3_750_000n);
    const both = [price({ model: 'gpt-4o' }), price({ model: '*', currency: 'EUR', amountMicros: 1n })];
    const converting = markup({ toCurrency: 'EUR', rateNanos: 900_000_000n });
    expect(costOf(bookOf(both, [converting]), { currency: 'EUR' })).toBe(1n);
  });
});

describe('for any prices and any usage', () => {
  const amounts = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const prices = fc.array(
    fc
      .record({
        provider: fc.constantFrom('openai', '*'),
        model: fc.constantFrom('gpt-4o', 'gpt-4o*', 'gpt*', '*'),
        class: fc.constantFrom(...TOKEN_CLASSES),
        serviceTier: fc.constantFrom('standard' as const, 'batch' as const),
        context: fc.constantFrom(null, { threshold: 100n, isInclusive: true }, { threshold: 100n, isInclusive: false }),
        amountMicros: fc.oneof(amounts, fc.constant(null)),
        effectiveFromMs: fc.integer({ min: 0, max: 20 }).map((days) => T0 + days * DAY),
        knownFromMs: fc.integer({ min: 0, max: 20 }).map((days) => T0 + days * DAY),
      })
      .map(price),
    { maxLength: 40 },
  );
  const tokens = fc.dictionary(
    fc.constantFrom(...TOKEN_CLASSES),
    fc.bigInt({ min: 0n, max: 300n }),
  ) as fc.Arbitrary<TokenCounts>;
  const usages = fc
    .record({
      tokens,
      serviceTier: fc.constantFrom('', 'batch', 'odd'),
      timeMs: fc.integer({ min: -1, max: 22 }).map((days) => T0 + days * DAY),
      receivedAtMs: fc.integer({ min: -1, max: 22 }).map((days) => T0 + days * DAY),
    })
    .map(usage);
  const options = { seed: 20_261_124, numRuns: 500 };

  it('the result does not depend on the order of the prices, nor on what was asked before', () => {
    fc.assert(
      fc.property(prices, fc.array(usages, { minLength: 1, maxLength: 5 }), (versions, asked) => {
        const warm = bookOf([...versions].reverse());
        for (const other of asked) priceUsage(warm, other);
        for (const each of asked) {
          const fresh = priceUsage(bookOf(versions), each);
          expect(priceUsage(warm, each)).toEqual(fresh);
        }
      }),
      options,
    );
  });

  it('the cost is never negative, and the sum of its lines', () => {
    fc.assert(
      fc.property(prices, usages, (versions, asked) => {
        const result = priceUsage(bookOf(versions), asked);
        const sum = result.lines.reduce((total, line) => total + line.costPico, 0n);
        expect(sum >= 0n).toBe(true);
        if (result.kind === 'priced') expect(result.costPico).toBe(sum);
        else expect(result.missing.length).toBeGreaterThan(0);
      }),
      options,
    );
  });

  it('each class costs what it costs alone in a request of the same size', () => {
    fc.assert(
      fc.property(prices, usages, (versions, asked) => {
        const flat = versions.map((version) => ({ ...version, context: null }));
        const book = bookOf(flat);
        const whole = priceUsage(book, asked);
        const parts = TOKEN_CLASSES.map((name) =>
          priceUsage(book, { ...asked, requests: 0n, tokens: { [name]: asked.tokens[name] ?? 0n } }),
        );
        expect(whole.kind === 'priced').toBe(parts.every(({ kind }) => kind === 'priced'));
        if (whole.kind !== 'priced') return;
        const sum = parts.reduce((total, part) => total + (part.kind === 'priced' ? part.costPico : 0n), 0n);
        expect(whole.costPico).toBe(sum);
      }),
      options,
    );
  });

  it('what becomes known after the receipt changes nothing', () => {
    fc.assert(
      fc.property(prices, prices, usages, (versions, later, asked) => {
        const unknown = later.map((version) => ({ ...version, knownFromMs: asked.receivedAtMs + 1 }));
        expect(priceUsage(bookOf([...versions, ...unknown]), asked)).toEqual(priceUsage(bookOf(versions), asked));
      }),
      options,
    );
  });
});
