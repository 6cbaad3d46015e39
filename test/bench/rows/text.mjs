// Counting the text of a realistic stream of chat requests in one thread, against tiktoken alone in a loop over the same
// texts: applications with their system prompts and tools, conversations that grow, and each request parsed.

import process from 'node:process';
import { countEventText, createTextCounter } from '@tollgate/tokenizer';
import { get_encoding } from 'tiktoken';
import { figure, median } from '../parts/statistics.mjs';

const REQUESTS = 2_000;
const APPLICATIONS = 40;
const CONVERSATIONS = 300;
const TURNS_MAX = 12;
const UNIQUE_TEXT_LENGTH = 700;
const VOCABULARY = 8_000;
const FACTOR_MIN = 4;

export async function textRows({ rounds, share }) {
  const random = createRandom(20_261_124);
  const words = createWords(random);
  const count = Math.ceil(REQUESTS * share);
  const chat = compare(chatRequests({ random, words, count }), rounds);
  const unique = compare(
    Array.from({ length: count }, () => [{ role: 'user', content: words(UNIQUE_TEXT_LENGTH) }]).map(requestOf),
    rounds,
  );
  const micros = `${figure(chat.ourMicros)} of ${figure(chat.theirMicros)} µs of CPU a request`;
  return [
    {
      what: 'counting text, one thread, a stream of chat requests',
      against: 'tiktoken alone in a loop',
      target: `≥ ${FACTOR_MIN} ×`,
      measured: `${chat.factor.toFixed(1)} × (${micros}); texts that never come again ${unique.factor.toFixed(1)} ×`,
      isMet: chat.factor >= FACTOR_MIN,
    },
  ];
}

/** Rounds begin with nothing remembered, and the two sides take turns. */
function compare(requests, rounds) {
  const bodies = requests.map((request) => JSON.stringify(request));
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(cpuMicrosOf(countWithCounter(), bodies));
    theirs.push(cpuMicrosOf(countWithTiktoken(), bodies));
  }
  const [ourMicros, theirMicros] = [median(ours), median(theirs)];
  return { ourMicros, theirMicros, factor: theirMicros / ourMicros };
}

function cpuMicrosOf({ count, end }, bodies) {
  const before = process.cpuUsage();
  for (const body of bodies) count(JSON.parse(body));
  const { user, system } = process.cpuUsage(before);
  end();
  return (user + system) / bodies.length;
}

function countWithCounter() {
  const counter = createTextCounter({ now: () => 0 });
  counter.count('warm', 'o200k_base', 1);
  return {
    count: ({ model, input }) =>
      countEventText(
        { type: 'llm.chat', model, status: 'completed', input, output: null },
        { counter, deadlineMs: 1, modelAliases: {} },
      ),
    end: () => undefined,
  };
}

function countWithTiktoken() {
  const encoding = get_encoding('o200k_base');
  encoding.encode_ordinary('warm');
  return {
    count({ input: { messages, tools } }) {
      for (const { role, content } of messages) {
        encoding.encode_ordinary(role);
        encoding.encode_ordinary(content);
      }
      if (tools !== undefined) encoding.encode_ordinary(JSON.stringify(tools));
    },
    end: () => encoding.free(),
  };
}

function requestOf(messages) {
  return { model: 'gpt-4o', input: { messages } };
}

function chatRequests({ random, words, count }) {
  const applications = Array.from({ length: APPLICATIONS }, () => ({
    system: words(500 + random(4_000)),
    tools: Array.from({ length: random(6) }, () => toolOf({ random, words })),
  }));
  const conversations = Array.from({ length: CONVERSATIONS }, () => ({
    application: applications[random(APPLICATIONS)],
    turns: [],
  }));
  return Array.from({ length: count }, () => {
    const conversation = conversations[random(CONVERSATIONS)];
    if (conversation.turns.length > TURNS_MAX) conversation.turns = [];
    conversation.turns.push({ role: 'user', content: words(50 + random(600)) });
    const { system, tools } = conversation.application;
    const request = requestOf([{ role: 'system', content: system }, ...conversation.turns]);
    if (tools.length > 0) request.input.tools = tools;
    conversation.turns.push({ role: 'assistant', content: words(100 + random(900)) });
    return request;
  });
}

function toolOf({ random, words }) {
  const name = () => words(3).trim().replace(/\W+/g, '_');
  const members = Array.from({ length: 1 + random(4) }, () => [name(), { type: 'string', description: words(60) }]);
  const parameters = { type: 'object', properties: Object.fromEntries(members) };
  return { type: 'function', function: { name: name(), description: words(120), parameters } };
}

/** A few words are most of the text, as in any language. */
function createWords(random) {
  const letters = () => String.fromCharCode(...Array.from({ length: 2 + random(8) }, () => 97 + random(26)));
  const vocabulary = Array.from({ length: VOCABULARY }, letters);
  return (length) => {
    let text = '';
    while (text.length < length) {
      const at = Math.floor((random(VOCABULARY) * random(VOCABULARY)) / VOCABULARY);
      text += `${vocabulary[at]}${random(10) === 0 ? '. ' : ' '}`;
    }
    return text;
  };
}

/** The generator known as mulberry32, as whole numbers below a limit. */
function createRandom(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
