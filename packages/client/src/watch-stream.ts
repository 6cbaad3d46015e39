// Passes a stream through, chunk by chunk as it is asked for, and says once how it ended. Nothing is read ahead: who stops
// reading stops the provider too.

import { createSseReader } from './sse-reader.ts';

/** `stopped`: by the reader. `broken`: by the provider, the network, or an abort. */
export type StreamEnd = 'completed' | 'stopped' | 'broken';

export interface StreamWatcher {
  onChunk(chunk: unknown): void;
  onEnd(end: StreamEnd): void;
}

export async function* watchChunks<Chunk>(chunks: AsyncIterable<Chunk>, watcher: StreamWatcher): AsyncGenerator<Chunk> {
  let end: StreamEnd = 'stopped';
  try {
    for await (const chunk of chunks) {
      watcher.onChunk(chunk);
      yield chunk;
    }
    end = 'completed';
  } catch (error) {
    end = 'broken';
    throw error;
  } finally {
    watcher.onEnd(end);
  }
}

/** The same bytes; the events in them are read on the side. */
export function watchBytes(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  watcher: StreamWatcher,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const source = bytes.getReader();
  const events = createSseReader(watcher.onChunk);
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.read();
          if (done) {
            events.end();
            watcher.onEnd('completed');
            controller.close();
            return;
          }
          events.add(value);
          controller.enqueue(value);
        } catch (error) {
          watcher.onEnd('broken');
          controller.error(error);
        }
      },
      async cancel(reason) {
        watcher.onEnd('stopped');
        await source.cancel(reason);
      },
    },
    // Nothing before it is asked for.
    { highWaterMark: 0 },
  );
}
