// How many tokens a second text is counted at, short and long, with one worker thread and with two, against tiktoken alone in one
// loop; and what remembering whole texts gains on a stream of chat requests. On the built packages, no servers:
//
//   npm run build && node test/bench/text-counting.mjs

import process from 'node:process';
import { countEventText, createTextCounter } from '@tollgate/tokenizer';
import { get_encoding } from 'tiktoken';
import { createTextPool, TASK_BYTES_MAX, TASK_EVENTS_MAX } from '../../services/counter/dist/text-pool.js';

const ROUNDS = 5;
const SHORT = { name: 'short texts (200 characters)', length: 200, count: 20_000 };
const LONG = { name: 'long texts (100,000 characters)', length: 100_000, count: 60 };
const REQUESTS = 4_000;
const WORKER_URL = new URL('../../services/counter/dist/text-worker.js', import.meta.url);

const print = (line) => process.stdout.write(`${line}\n`);
const random = createRandom(20_261_124);
const vocabulary = Array.from({ length: 8_000 }, () =>
  String.fromCharCode(...Array.from({ length: 2 + random(8) }, () => 97 + random(26))),
);

for (const texts of [SHORT, LONG]) await benchTexts(texts);
benchRemembering('a stream of chat requests', chatRequests());
benchRemembering('texts that never come again', uniqueRequests());

async function benchTexts({ name, length, count }) {
  const texts = Array.from({ length: count }, () => words(length));
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const encoder = get_encoding('o200k_base');
  const alone = best(() => {
    for (const text of texts) encoder.encode_ordinary(text);
  });
  encoder.free();
  print(`${name}, tiktoken alone in one loop: ${mega(tokens, alone)}`);
  for (const size of [1, 2]) {
    const tasks = cutTasks(texts.map((text) => Buffer.from(JSON.stringify(eventOf(text)))));
    const pool = createTextPool({
      ...{ workerUrl: WORKER_URL, size, deadlineMs: 60_000, graceMs: 60_000, modelAliases: {}, compareEvery: 1e9 },
      ...{ onReplaced: (reason) => print(`a worker was replaced: ${reason}`), onCompared: () => undefined },
    });
    await pool.ready();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now();
      await Promise.all(tasks.map((task) => pool.assess(task)));
      rounds.push(performance.now() - startedAt);
    }
    await pool.close();
    // In the first round no text is remembered, and not even a piece.
    const [first] = rounds;
    const again = Math.min(...rounds.slice(1));
    print(
      `  ${size} worker${size > 1 ? 's' : ''}: ${mega(tokens, first)} (${ratio(alone, first)}), ` +
        `texts that were seen before ${mega(tokens, again)} (${ratio(alone, again)})`,
    );
  }
}

function benchRemembering(name, requests) {
  const cpuOf = (options) => {
    const counter = createTextCounter({ now: () => 0 }, options);
    counter.count('warm', 'o200k_base', 1);
    const startedAt = process.cpuUsage().user;
    for (const request of requests) {
      const { model, input } = JSON.parse(request);
      const event = { type: 'llm.chat', model, status: 'completed', input, output: null };
      countEventText(event, { counter, deadlineMs: 1, modelAliases: {} });
    }
    return (process.cpuUsage().user - startedAt) / 1_000;
  };
  const rounds = Array.from({ length: ROUNDS }, () => [cpuOf({ rememberedBytesMax: 0 }), cpuOf({})]);
  const without = Math.min(...rounds.map(([ms]) => ms));
  const withTexts = Math.min(...rounds.map(([, ms]) => ms));
  print(
    `${name}: ${perRequest(without, requests)} of CPU a request without remembering texts, ` +
      `${perRequest(withTexts, requests)} with it (${ratio(without, withTexts)})`,
  );
}

/** Forty applications, each with its system prompt and tools, in three hundred conversations that grow. */
function chatRequests() {
  const apps = Array.from({ length: 40 }, () => ({
    system: words(500 + random(4_000)),
    tools: Array.from({ length: random(6) }, (_, n) => toolOf(vocabulary[n])),
  }));
  const conversations = Array.from({ length: 300 }, () => ({ app: apps[random(apps.length)], turns: [] }));
  return Array.from({ length: REQUESTS }, () => {
    const conversation = conversations[random(conversations.length)];
    if (conversation.turns.length > 12) conversation.turns = [];
    conversation.turns.push({ role: 'user', content: words(50 + random(600)) });
    const { system, tools } = conversation.app;
    const messages = [{ role: 'system', content: system }, ...conversation.turns];
    conversation.turns.push({ role: 'assistant', content: words(100 + random(900)) });
    return JSON.stringify({ model: 'gpt-4o', input: { messages, ...(tools.length > 0 ? { tools } : {}) } });
  });
}

function uniqueRequests() {
  return Array.from({ length: 5 * REQUESTS }, () => JSON.stringify(eventOf(words(700))));
}

function toolOf(name) {
  const names = Array.from({ length: 4 }, () => vocabulary[random(vocabulary.length)]);
  const properties = Object.fromEntries(names.map((key) => [key, { type: 'string', description: words(60) }]));
  const parameters = { type: 'object', properties };
  return { type: 'function', function: { name, description: words(120), parameters } };
}

function eventOf(content) {
  return { id: 'e', type: 'llm.chat', model: 'gpt-4o', input: { messages: [{ role: 'user', content }] } };
}

/** A few words are most of the text, as in any language. */
function words(length) {
  let text = '';
  while (text.length < length) {
    const at = Math.floor((random(vocabulary.length) * random(vocabulary.length)) / vocabulary.length);
    text += `${vocabulary[at]}${random(10) === 0 ? '. ' : ' '}`;
  }
  return text;
}

function cutTasks(bodies) {
  const tasks = [[]];
  let bytes = 0;
  for (const body of bodies) {
    if (tasks.at(-1).length >= TASK_EVENTS_MAX || bytes + body.byteLength > TASK_BYTES_MAX) {
      tasks.push([]);
      bytes = 0;
    }
    tasks.at(-1).push(body);
    bytes += body.byteLength;
  }
  return tasks;
}

function countTokens(text) {
  countTokens.counter ??= createTextCounter({ now: () => 0 });
  return countTokens.counter.count(text, 'o200k_base', 1);
}

function best(work) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return Math.min(...rounds);
}

function mega(tokens, ms) {
  return `${(tokens / ms / 1_000).toFixed(2)} M tokens/s`;
}

function ratio(baseMs, ms) {
  return `× ${(baseMs / ms).toFixed(2)}`;
}

function perRequest(ms, requests) {
  return `${((ms / requests.length) * 1_000).toFixed(0)} µs`;
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
