// The demo's events. Time is cut into slots, and everything about a slot's event, its id included, follows from the slot's
// number: sending a slot again, after a restart or a lost answer, is a copy that counts once.

import type { UsageEvent } from '@tollgate/domain';
import type { DemoTexts, Exchange } from './demo-texts.ts';

export const SLOT_MS = 5_000;

/** Counts the tokens of an event's text, for the usage object that a provider would have sent with it. */
export type CountTokens = (event: Pick<UsageEvent, 'type' | 'model' | 'input' | 'output'>) => {
  readonly input: number;
  readonly output: number;
};

interface EventOptions {
  readonly texts: DemoTexts;
  readonly countTokens: CountTokens;
}

type Pick01 = () => number;

const CHAT_MODELS = ['gpt-4o-2024-08-06', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-3.5-turbo'] as const;
const REASONING_MODELS = ['o3-mini', 'o4-mini'] as const;
const EMBEDDING_MODELS = ['text-embedding-3-small', 'text-embedding-3-large'] as const;
const END_USERS = 40;
const SLOTS_PER_DAY = (24 * 60 * 60 * 1000) / SLOT_MS;

/** Between 0 and 1: how busy the demo's customer is at that time of its day (nights are quiet). */
export function busynessOf(slot: number): number {
  const partOfDay = (slot % SLOTS_PER_DAY) / SLOTS_PER_DAY;
  return 0.5 - 0.42 * Math.cos(2 * Math.PI * (partOfDay - 0.08));
}

/** A number from 0 up to 1 that only the slot decides. */
export function chanceOf(slot: number): number {
  return randomsOf(slot, 0x51ed)();
}

export function eventOfSlot(slot: number, { texts, countTokens }: EventOptions): UsageEvent {
  const random = randomsOf(slot, 0xd3a0);
  const body = KINDS[Math.floor(random() * KINDS.length)] ?? chatText;
  const event = body(random, texts);
  return {
    id: `demo-${slot.toString(36)}`,
    time: new Date(slot * SLOT_MS + Math.floor(random() * SLOT_MS)).toISOString(),
    ...withUsage(event, countTokens),
  };
}

type Body = Omit<UsageEvent, 'id' | 'time'> & { readonly wantsUsage?: true };

/** Each kind as often as it stands here. */
const KINDS: readonly ((random: Pick01, texts: DemoTexts) => Body)[] = [
  chatText,
  chatText,
  chatText,
  chatWithUsage,
  chatWithUsage,
  translation,
  codeReview,
  reportedReasoning,
  embedding,
  embedding,
  imagesMade,
];

function chatText(random: Pick01, { exchanges }: DemoTexts): Body {
  const turns = [pick(random, exchanges), pick(random, exchanges)].slice(0, random() < 0.5 ? 1 : 2);
  return {
    ...chat(random, 'You are the friendly assistant of a small shop. Answer briefly.', turns),
    metadata: { feature: 'support', end_user: endUser(random) },
  };
}

function chatWithUsage(random: Pick01, texts: DemoTexts): Body {
  return { ...chatText(random, texts), wantsUsage: true };
}

function translation(random: Pick01, { passages }: DemoTexts): Body {
  const prose = passages.filter(({ kind }) => kind !== 'code');
  const [source, target] = [pick(random, prose), pick(random, prose)];
  const turn = { question: `Answer in the style of the passage.\n\n${source.text}`, answer: target.text };
  return {
    ...chat(random, 'You are a translator and a lover of old books.', [turn]),
    metadata: { feature: 'translate', language: source.kind, end_user: endUser(random) },
  };
}

function codeReview(random: Pick01, { passages }: DemoTexts): Body {
  const code = passages.filter(({ kind }) => kind === 'code');
  const turn = { question: `What does this do?\n\n${pick(random, code).text}`, answer: pick(random, code).text };
  return {
    ...chat(random, 'You are a careful reviewer.', [turn]),
    metadata: { feature: 'code', end_user: endUser(random) },
    wantsUsage: true,
  };
}

/** Only what the provider reported: the text of reasoning is never seen. */
function reportedReasoning(random: Pick01): Body {
  const prompt = 200 + Math.floor(random() * 3_000);
  const reasoning = 64 * (1 + Math.floor(random() * 30));
  const completion = reasoning + 50 + Math.floor(random() * 600);
  return {
    type: 'llm.chat',
    provider: 'openai',
    model: pick(random, REASONING_MODELS),
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: prompt >= 1024 ? 1024 : 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
    },
    latency_ms: 2_000 + Math.floor(random() * 20_000),
    metadata: { feature: 'planning', end_user: endUser(random) },
  };
}

function embedding(random: Pick01, { passages }: DemoTexts): Body {
  return {
    type: 'llm.embedding',
    provider: 'openai',
    model: pick(random, EMBEDDING_MODELS),
    input: [pick(random, passages).text, pick(random, passages).text],
    latency_ms: 40 + Math.floor(random() * 200),
    metadata: { feature: 'search' },
  };
}

function imagesMade(random: Pick01): Body {
  return {
    type: 'images.made',
    data: { count: 1 + Math.floor(random() * 4), megapixels: random() < 0.5 ? 1 : 4 },
    metadata: { feature: 'pictures', end_user: endUser(random) },
  };
}

function chat(random: Pick01, system: string, turns: readonly Exchange[]): Body {
  const last = turns.at(-1);
  const messages = turns.flatMap(({ question, answer }, index) => [
    { role: 'user', content: question },
    ...(index < turns.length - 1 ? [{ role: 'assistant', content: answer }] : []),
  ]);
  return {
    type: 'llm.chat',
    provider: 'openai',
    model: pick(random, CHAT_MODELS),
    input: { messages: [{ role: 'system', content: system }, ...messages] },
    output: { message: { role: 'assistant', content: last?.answer ?? '' } },
    stream: random() < 0.5,
    latency_ms: 300 + Math.floor(random() * 4_000),
  };
}

function withUsage({ wantsUsage, ...event }: Body, countTokens: CountTokens): Omit<UsageEvent, 'id' | 'time'> {
  if (wantsUsage === undefined) return event;
  const { input, output } = countTokens(event);
  return { ...event, usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } };
}

function endUser(random: Pick01): string {
  return `u_${1 + Math.floor(random() * END_USERS)}`;
}

function pick<Item>(random: Pick01, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('The demo has no texts to pick from.');
  return item;
}

/** Mulberry32: 32 bits of state are enough for a demo. */
function randomsOf(slot: number, stream: number): Pick01 {
  let state = Math.imul(slot ^ stream, 0x9e37_79b1) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
