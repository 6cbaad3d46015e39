// Dead letters in Redis: a hash by id, so that a letter that is put twice is one, and finding it needs no search.

import { decodeDeadLetter, encodeDeadLetter } from './dead-letter-bytes.ts';
import type { DeadLetter, DeadLetterQueue } from './event-log.ts';
import { bytesOf, listOf, loadScript } from './redis-connection.ts';
import type { RedisLogPart } from './redis-entries.ts';

const putScript = loadScript('put-dead-letters');
const LETTERS_PER_CALL = 256;
const BYTES_PER_CALL = 8 * 1024 * 1024;
const FORGOTTEN_PER_CALL = 256;

interface RedisDeadLettersOptions {
  readonly log: RedisLogPart;
  readonly retentionMs: number;
}

export function createRedisDeadLetters({ log, retentionMs }: RedisDeadLettersOptions): DeadLetterQueue {
  const keys = [log.keys.deadLetters, log.keys.deadLetterTimes];
  return {
    async put(letters) {
      const newest = Math.max(...letters.map(({ deadAtMs }) => deadAtMs));
      for (const chunk of chunksOf(letters)) {
        const args = chunk.flatMap((letter) => [letter.id, letter.deadAtMs, encodeDeadLetter(letter)]);
        await log.connection.run(putScript, keys, [newest - retentionMs, FORGOTTEN_PER_CALL, ...args]);
      }
    },
    async find(ids) {
      const found: DeadLetter[] = [];
      // One at a time: a letter may hold megabytes.
      for (const id of new Set(ids)) {
        const [bytes] = listOf(await log.connection.call('HMGET', log.keys.deadLetters, id));
        const letter = bytes === null ? undefined : decodeDeadLetter(bytesOf(bytes));
        if (letter !== undefined) found.push(letter);
      }
      return found;
    },
    async close() {
      log.connection.close();
    },
  };
}

function* chunksOf(letters: readonly DeadLetter[]): Generator<readonly DeadLetter[]> {
  let chunk: DeadLetter[] = [];
  let bytes = 0;
  for (const letter of letters) {
    if (chunk.length === LETTERS_PER_CALL || (chunk.length > 0 && bytes + letter.value.byteLength > BYTES_PER_CALL)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(letter);
    bytes += letter.value.byteLength;
  }
  if (chunk.length > 0) yield chunk;
}
