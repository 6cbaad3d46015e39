// The counters of limits in Redis: each step is one script over the keys of one owner, which share a slot.

import type { LimitDefinition, LimitDemand, ReserveOutcome, SettledEvent } from '@tollgate/domain';
import type { ChangedWindow, LimitCounters, LimitReading, LimitSurvey, SurveyedCounter } from './limit-counters.ts';
import { loadScript, type RedisConnection, type Script } from './redis-connection.ts';
import type { Settlements } from './settlements.ts';

export interface RedisLimitCountersOptions {
  readonly connection: RedisConnection;
  /** What every key begins with. */
  readonly name: string;
  /** How long an answer may take; left out, as long as any of this connection. */
  readonly answerTimeoutMs?: number;
  readonly settlements: Pick<Settlements, 'until'>;
  /** Milliseconds since the epoch; left out, Redis's own clock counts, which all processes share. */
  readonly now?: () => number;
}

/** Events of one script: more would hold up what other customers ask of Redis meanwhile. */
const EVENTS_PER_CALL = 500;
/** How long it is remembered up to where events were stored of a customer that has no limits. */
const TOUCHED_SECONDS = 7 * 24 * 60 * 60;

const LIBRARY = ['amounts', 'ledger'] as const;

function ledgerScript(name: string): Script {
  return loadScript(...LIBRARY, name);
}

const scripts = {
  reserve: ledgerScript('reserve'),
  release: ledgerScript('release'),
  touch: ledgerScript('touch'),
  settle: ledgerScript('settle'),
  expire: ledgerScript('expire'),
  begin: ledgerScript('begin'),
  finish: ledgerScript('finish'),
  remove: ledgerScript('remove'),
  read: ledgerScript('read'),
  survey: ledgerScript('survey'),
  passOver: ledgerScript('pass-over'),
};

export function createRedisLimitCounters(options: RedisLimitCountersOptions): LimitCounters {
  const { connection, settlements, name, answerTimeoutMs } = options;
  /** What scripts are told of time. */
  const times = async (): Promise<string> => `${options.now?.() ?? ''}/${(await settlements.until()) ?? ''}`;
  const run = (script: Script, owner: string, args: readonly string[]): Promise<readonly string[]> =>
    connection.run(script, [`${name}:limits:{${owner}}`], args, answerTimeoutMs);

  return {
    async reserve(owner, { reservationId, ttlMs, demands }) {
      const args = [await times(), reservationId, String(ttlMs), ...demands.flatMap(demandArgs)];
      return toOutcome(await run(scripts.reserve, owner, args));
    },
    async release(owner, reservationId) {
      return isYes(await run(scripts.release, owner, [await times(), reservationId]));
    },
    async touch(owner, { partition, place }) {
      return isYes(await run(scripts.touch, owner, [String(partition), place, String(TOUCHED_SECONDS)]));
    },
    async settle(owner, { partition, events }) {
      const changed: ChangedWindow[] = [];
      for (let from = 0; from < events.length; from += EVENTS_PER_CALL) {
        const args = events.slice(from, from + EVENTS_PER_CALL).flatMap(eventArgs);
        changed.push(...toChanged(await run(scripts.settle, owner, [await times(), String(partition), ...args])));
      }
      return changed;
    },
    async expire(owner) {
      await run(scripts.expire, owner, [await times()]);
    },
    async begin(owner, { definition, amount, token, storedUntil }) {
      const places = placeArgs(storedUntil);
      const minute = definition.window === 'minute' ? 'minute' : '';
      const args = [await times(), definition.id, definitionJson(definition), minute, String(amount), token, ...places];
      const reply = await run(scripts.begin, owner, args);
      return toPlaces(reply);
    },
    async finish(owner, { limitId, token, used }) {
      const windows = [...used].flatMap(([startMs, quantity]) => [String(startMs), String(quantity)]);
      return isYes(await run(scripts.finish, owner, [await times(), limitId, token, ...windows]));
    },
    async remove(owner, limitId) {
      await run(scripts.remove, owner, [limitId]);
    },
    async read(owner, limits) {
      const args = limits.flatMap((asked) => [asked.limit.id, windowArg(asked), String(asked.amount)]);
      const reply = await run(scripts.read, owner, [await times(), ...args]);
      return inGroups(reply, 3).map(toReading);
    },
    async survey(owner, definitions) {
      return toSurvey(
        await run(scripts.survey, owner, [await times(), ...definitions.map(({ id }) => id)]),
        definitions,
      );
    },
    async passOver(owner, places) {
      await run(scripts.passOver, owner, placeArgs(places));
    },
  };
}

function placeArgs(places: ReadonlyMap<number, string>): readonly string[] {
  return [...places].flatMap(([partition, place]) => [String(partition), place]);
}

function toPlaces(reply: readonly string[]): ReadonlyMap<number, string> {
  return new Map(inGroups(reply, 2).map(([partition = '', place = '']) => [Number(partition), place]));
}

function windowArg({ limit, windowStartMs }: Pick<LimitDemand, 'limit' | 'windowStartMs'>): string {
  return limit.window === 'minute' ? 'minute' : String(windowStartMs);
}

function demandArgs(demand: LimitDemand): readonly string[] {
  const { limit, amount, quantity, mode, allowanceWhenUnknown } = demand;
  return [
    limit.id,
    windowArg(demand),
    String(amount),
    String(quantity),
    mode,
    allowanceWhenUnknown === null ? '' : String(allowanceWhenUnknown),
  ];
}

function toOutcome([isAllowed, ...rest]: readonly string[]): ReserveOutcome {
  if (isAllowed === '1') {
    return { allowed: true, remaining: rest.map((left) => (left === '' ? null : BigInt(left))) };
  }
  const [limitId = '', reason, left = '0'] = rest;
  return { allowed: false, limitId, reason: reason === 'unknown' ? 'unknown' : 'exhausted', remaining: BigInt(left) };
}

function eventArgs(event: SettledEvent): readonly string[] {
  const { use, windowStarts } = event;
  return [
    event.place,
    event.reservationId ?? '',
    event.keyId ?? '',
    event.projectId ?? '',
    event.customerId,
    event.model,
    String(use.requests),
    String(use.inputTokens),
    String(use.outputTokens),
    String(use.costPico),
    String(windowStarts.hour ?? ''),
    String(windowStarts.day ?? ''),
    String(windowStarts.week ?? ''),
    String(windowStarts.month ?? ''),
    String(windowStarts.billing_period ?? ''),
    String(event.timeMs),
  ];
}

function toChanged(reply: readonly string[]): readonly ChangedWindow[] {
  return inGroups(reply, 2).map(([limitId = '', window = '']) => ({
    limitId,
    windowStartMs: window === 'minute' ? null : Number(window),
  }));
}

/** What `settle.lua` reads. */
function definitionJson({ scope, modelPattern, metric, window, countsFromMs }: LimitDefinition): string {
  const model = modelPattern === null ? {} : { model: modelPattern.split('*') };
  return JSON.stringify({ scope: scope.kind, id: scope.id, ...model, metric, window, from: countsFromMs });
}

function toReading([isKnown, used = '0', held = '0']: readonly string[]): LimitReading {
  return { isKnown: isKnown === '1', used: BigInt(used), held: BigInt(held) };
}

function toSurvey(
  [applied = '', others = '', ...counters]: readonly string[],
  definitions: readonly LimitDefinition[],
): LimitSurvey {
  const groups = inGroups(counters, 4);
  return {
    places: toPlaces(wordsOf(applied)),
    counters: definitions.map((definition, at) => toSurveyed(definition, groups[at] ?? [])),
    others: wordsOf(others),
  };
}

function toSurveyed(
  definition: LimitDefinition,
  [counted = '', live, held = '0', used = '']: readonly string[],
): SurveyedCounter {
  const windows = inGroups(wordsOf(used), 2);
  return {
    isKnown: live === '1',
    definition: compareDefinitions(counted, definition),
    used: new Map(windows.map(([startMs = '', quantity = '0']) => [Number(startMs), BigInt(quantity)])),
    held: BigInt(held),
  };
}

function wordsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

function compareDefinitions(counted: string, wanted: LimitDefinition): SurveyedCounter['definition'] {
  if (counted === definitionJson(wanted)) return 'same';
  const withoutReset = (json: string): string => json.replace(/,"from":\d+\}$/, '');
  return withoutReset(counted) === withoutReset(definitionJson(wanted)) ? 'reset' : 'different';
}

function isYes([answer]: readonly string[]): boolean {
  return answer === '1';
}

function inGroups(reply: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: reply.length / size }, (_, at) => reply.slice(at * size, (at + 1) * size));
}
