import { describe, expect, it } from 'vitest';
import type { Decision } from './authorization.ts';
import type { UsageEvent } from './event.ts';
import { createGuard, type GuardRequest } from './guard.ts';
import { LimitExceeded, Refused } from './refusal.ts';
import { TollgateError } from './tollgate-error.ts';

const PERMIT: Decision = { allowed: true, reservation: 'res_1', expiresAt: null, limits: [] };
const REQUEST: GuardRequest = { provider: 'openai', model: 'gpt-4o', inputTokens: 12, maxOutputTokens: 100 };
const ABOUT = { provider: 'openai', model: 'gpt-4o', reservation: 'res_1', latency_ms: 0 };

function start(decide: () => Decision = () => PERMIT) {
  const asked: unknown[] = [];
  const events: UsageEvent[] = [];
  const released: string[] = [];
  const guard = createGuard({
    async authorize(request) {
      asked.push(request);
      return decide();
    },
    report(event) {
      events.push(event);
      return { id: 'e', isQueued: true, durable: Promise.resolve({ kind: 'accepted' }) };
    },
    release: (reservation) => released.push(reservation),
    now: () => 0,
  });
  return { ...guard, asked, events, released };
}

const denied = (code: string): Decision => ({
  allowed: false,
  code,
  detail: 'No.',
  limit: { id: 'lim_1', metric: 'tokens', window: 'day', amount: 10, remaining: 3 },
  resetsAt: new Date(1_000),
});
const unreachable = (): Decision => {
  throw new TollgateError({ code: 'unreachable', detail: 'No.' });
};
const chunk = (content: string) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] });
const usage = { prompt_tokens: 12, completion_tokens: 2 };

describe('a call', () => {
  it('that succeeds is reported once, by the provider’s usage, and its answer is untouched', async () => {
    const { guard, asked, events, released } = start();
    const answer = { object: 'chat.completion', model: 'gpt-4o-2024-08-06', service_tier: 'default', usage };
    const request = { ...REQUEST, key: 'key_1', metadata: { feature: 'x' }, eventId: 'req_1' };
    expect(await guard(request, async () => answer)).toBe(answer);
    expect(asked).toEqual([{ ...REQUEST, key: 'key_1', metadata: { feature: 'x' } }]);
    expect(events).toEqual([
      {
        ...ABOUT,
        id: 'req_1',
        key: 'key_1',
        metadata: { feature: 'x' },
        type: 'llm.chat',
        model: 'gpt-4o-2024-08-06',
        service_tier: 'default',
        usage,
        status: 'completed',
        stream: false,
      },
    ]);
    expect(released).toEqual([]);
  });

  it.each([
    [
      'responses',
      { object: 'response', usage: { input_tokens: 1 } },
      { type: 'llm.responses', usage: { input_tokens: 1 } },
    ],
    [
      'embeddings',
      { object: 'list', usage: { prompt_tokens: 1 } },
      { type: 'llm.embedding', usage: { prompt_tokens: 1 } },
    ],
    ['completions', { object: 'text_completion', usage }, { type: 'llm.completion', usage }],
    [
      'Anthropic',
      { type: 'message', model: 'claude', usage: { input_tokens: 1 } },
      { model: 'claude', usage: { input_tokens: 1 } },
    ],
    [
      'Gemini',
      { modelVersion: 'gemini-2', usageMetadata: { promptTokenCount: 1 } },
      { model: 'gemini-2', usage: { promptTokenCount: 1 } },
    ],
    [
      'no usage: its text, and the input as the caller knows it',
      { text: 'hi' },
      { output: { text: 'hi' }, usage: { prompt_tokens: 12 } },
    ],
  ])('is read as its provider answers: %s', async (_name, answer, event) => {
    const { guard, events } = start();
    await guard(REQUEST, async () => answer);
    expect(events).toEqual([expect.objectContaining({ ...ABOUT, ...event })]);
  });

  it('says itself what was used, where it answers something else', async () => {
    const { guard, events } = start();
    await guard(
      REQUEST,
      async () => 7,
      (answer) => ({ usage: { input: answer, output: 1 } }),
    );
    expect(events).toMatchObject([{ usage: { input: 7, output: 1 } }]);
  });

  it('that fails gives the reservation back and fails with what it threw', async () => {
    const { guard, events, released } = start();
    const failure = new Error('the provider is down');
    await expect(guard(REQUEST, () => Promise.reject(failure))).rejects.toBe(failure);
    expect([events, released]).toEqual([[], ['res_1']]);
  });

  it.each([
    ['quota_exceeded', LimitExceeded],
    ['spend_limit_exceeded', LimitExceeded],
    ['rate_limited', LimitExceeded],
    ['model_not_allowed', Refused],
  ])('is not made when Tollgate says no: %s', async (code, kind) => {
    const { guard } = start(() => denied(code));
    const failure = await guard(REQUEST, () => expect.fail('called')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(failure instanceof LimitExceeded).toBe(kind === LimitExceeded);
    expect(failure).toMatchObject({ code, denial: denied(code) });
  });

  it('is not made when Tollgate says nothing, unless the caller wants it so; then it is reported', async () => {
    const refusing = start(unreachable);
    await expect(refusing.guard(REQUEST, () => expect.fail('called'))).rejects.toMatchObject({ code: 'unreachable' });
    const admitting = start(unreachable);
    const request: GuardRequest = { ...REQUEST, whenUnavailable: 'admit' };
    await admitting.guard(request, async (admission) => ({ object: 'chat.completion', usage, admission }));
    expect(admitting.events).toMatchObject([{ usage }]);
    expect(admitting.events[0]).not.toHaveProperty('reservation');
    await expect(admitting.guard(request, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(admitting.released).toEqual([]);
  });

  it('that is refused for the caller’s own fault is not admitted', async () => {
    const { guard } = start(() => {
      throw new TollgateError({ code: 'insufficient_scope', detail: 'No.', status: 403 });
    });
    const request: GuardRequest = { ...REQUEST, whenUnavailable: 'admit' };
    await expect(guard(request, () => expect.fail('called'))).rejects.toMatchObject({ code: 'insufficient_scope' });
  });
});

describe('a stream', () => {
  async function* stream(chunks: readonly object[], failure?: Error) {
    yield* chunks;
    if (failure !== undefined) throw failure;
  }
  const parts = [chunk('Good '), chunk('day'), { object: 'chat.completion.chunk', choices: [], usage }];
  const produced = { output: { chunks: [chunk('Good day')] }, usage: { prompt_tokens: 12 } };

  it('passes through untouched and is reported when it has ended', async () => {
    const { guardStream, events, released } = start();
    const seen: object[] = [];
    for await (const each of await guardStream(REQUEST, async () => stream(parts))) {
      expect(events).toEqual([]);
      seen.push(each);
    }
    seen.forEach((each, index) => {
      expect(each).toBe(parts[index]);
    });
    expect(seen).toHaveLength(3);
    expect(events).toEqual([{ ...ABOUT, type: 'llm.chat', usage, status: 'completed', stream: true }]);
    expect(released).toEqual([]);
  });

  it('that its reader leaves is stopped, and reported with what was produced', async () => {
    const { guardStream, events } = start();
    let isStopped = false;
    async function* source() {
      try {
        yield* parts;
      } finally {
        isStopped = true;
      }
    }
    for await (const { choices } of await guardStream(REQUEST, async () => source())) {
      if (choices[0]?.delta.content === 'day') break;
    }
    expect(isStopped).toBe(true);
    expect(events).toEqual([{ ...ABOUT, type: 'llm.chat', ...produced, status: 'aborted', stream: true }]);
  });

  it('that breaks fails its reader the same way, and is reported with the text that went in', async () => {
    const { guardStream, events } = start();
    const failure = new Error('reset');
    const input = { messages: [{ role: 'user', content: 'Hi' }] };
    const { inputTokens: _, ...request } = REQUEST;
    const reading = async () => {
      for await (const _ of await guardStream({ ...request, input }, async () => stream(parts.slice(0, 2), failure)));
    };
    await expect(reading()).rejects.toBe(failure);
    const { output } = produced;
    expect(events).toEqual([{ ...ABOUT, type: 'llm.chat', output, input, status: 'aborted', stream: true }]);
  });

  it('that never began gives the reservation back', async () => {
    const { guardStream, events, released } = start();
    const reading = async () => {
      for await (const _ of await guardStream(REQUEST, async () => stream([], new Error('reset'))));
    };
    await expect(reading()).rejects.toThrow('reset');
    await expect(guardStream(REQUEST, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect([events, released]).toEqual([[], ['res_1', 'res_1']]);
  });
});

describe('a response whose body is a stream', () => {
  const text = ['Good ', 'day'].map((content) => `data: ${JSON.stringify(chunk(content))}\n\n`);
  const end = `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [], usage })}\n\ndata: [DONE]\n\n`;
  const bodyOf = (parts: readonly string[], onCancel: (reason: unknown) => void = () => {}) => {
    const left = parts.map((part) => new TextEncoder().encode(part));
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const next = left.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
      cancel: onCancel,
    });
  };

  it('is passed on with its status, headers and bytes, and reported', async () => {
    const { guardStream, events } = start();
    const init = { status: 201, headers: { 'X-Request-Id': 'r' } };
    const res = await guardStream(REQUEST, async () => new Response(bodyOf([...text, end]), init));
    expect([res.status, res.headers.get('X-Request-Id')]).toEqual([201, 'r']);
    expect(await res.text()).toBe([...text, end].join(''));
    expect(events).toMatchObject([{ usage, status: 'completed', stream: true }]);
  });

  it('is cancelled when its reader cancels, and reported with what was read', async () => {
    const { guardStream, events } = start();
    const reasons: unknown[] = [];
    const bytes = await guardStream(REQUEST, async () => bodyOf([...text, end], (reason) => reasons.push(reason)));
    const reader = bytes.getReader();
    await reader.read();
    await reader.cancel('enough');
    expect(reasons).toEqual(['enough']);
    expect(events).toMatchObject([{ output: { chunks: [chunk('Good ')] }, status: 'aborted' }]);
  });

  it('is passed on and not reported when it is no success', async () => {
    const { guardStream, events, released } = start();
    const res = new Response('{"error":"busy"}', { status: 529 });
    expect(await guardStream(REQUEST, async () => res)).toBe(res);
    expect([events, released]).toEqual([[], ['res_1']]);
  });
});
