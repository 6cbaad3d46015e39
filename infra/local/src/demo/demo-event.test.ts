import { EventSchema } from '@tollgate/domain';
import { Value } from 'typebox/value';
import { beforeAll, describe, expect, it } from 'vitest';
import { busynessOf, chanceOf, eventOfSlot, SLOT_MS } from './demo-event.ts';
import { type DemoTexts, loadDemoTexts } from './demo-texts.ts';

const FIRST_SLOT = Math.floor(Date.parse('2026-11-24T00:00:00Z') / SLOT_MS);
const slots = Array.from({ length: 500 }, (_, index) => FIRST_SLOT + index);

let texts: DemoTexts;

beforeAll(async () => {
  texts = await loadDemoTexts();
});

function eventOf(slot: number) {
  return eventOfSlot(slot, { texts, countTokens: () => ({ input: 12, output: 3 }) });
}

describe('the demo', () => {
  it('has texts in many scripts, code and chats', () => {
    const kinds = new Set(texts.passages.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['ar', 'code', 'de', 'el', 'en', 'fr', 'hi', 'ja', 'ru', 'zh']));
    expect(texts.exchanges.length).toBeGreaterThan(10);
  });

  it('makes events that ingest takes', () => {
    for (const slot of slots) expect([...Value.Errors(EventSchema, eventOf(slot))]).toEqual([]);
  });

  it('makes the same event of a slot each time, and another id for each slot', () => {
    expect(slots.map(eventOf)).toEqual(slots.map(eventOf));
    expect(new Set(slots.map((slot) => eventOf(slot).id)).size).toBe(slots.length);
  });

  it("keeps an event's time inside its slot", () => {
    for (const slot of slots) {
      const time = Date.parse(eventOf(slot).time ?? '');
      expect(Math.floor(time / SLOT_MS)).toBe(slot);
    }
  });

  it('sends texts, usage objects, both, embeddings and events for meters', () => {
    const events = slots.map(eventOf);
    const kinds = new Set(
      events.map(({ type, input, usage }) =>
        [type, input !== undefined && 'text', usage !== undefined && 'usage'].filter(Boolean).join('+'),
      ),
    );
    expect([...kinds].sort()).toEqual([
      'images.made',
      'llm.chat+text',
      'llm.chat+text+usage',
      'llm.chat+usage',
      'llm.embedding+text',
    ]);
  });

  it('is quieter at night than by day', () => {
    const night = FIRST_SLOT + (2 * 3_600_000) / SLOT_MS;
    const noon = FIRST_SLOT + (14 * 3_600_000) / SLOT_MS;
    expect(busynessOf(night)).toBeLessThan(0.2);
    expect(busynessOf(noon)).toBeGreaterThan(0.8);
  });

  it('draws chances evenly', () => {
    const mean = slots.map(chanceOf).reduce((sum, chance) => sum + chance, 0) / slots.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });
});
