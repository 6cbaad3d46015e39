// What the contract suite asks of each log: its server, a log of its own for each test, and readers that remember what
// they were handed.

import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchHandler, DeliveredRecord, EventLog, LogReader, LogRecord } from '@tollgate/event-log';
import type { LocalServer, StartOptions } from '@tollgate/local';

export const PARTITION_COUNT = 4;

/** Options that both adapters take, under the names that the suite uses. */
export interface OpenOptions {
  readonly name: string;
  readonly partitionCount: number;
  readonly bytesInFlightMax?: number;
  readonly stallMs?: number;
}

export interface LogKind {
  readonly name: string;
  start(options: StartOptions): Promise<LocalServer>;
  open(server: LocalServer, options: OpenOptions): EventLog;
  /** The argument of `reader-process.mjs`. */
  processArgument(server: LocalServer, options: OpenOptions & { readonly group: string }): string;
  /** Stores bytes as they are, past our own writer. */
  storeRaw(server: LocalServer, options: { readonly name: string; readonly bytes: Buffer }): Promise<void>;
}

export async function startServer(kind: LogKind): Promise<{ server: LocalServer; close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'tollgate-log-'));
  const server = await kind.start({ dir });
  return {
    server,
    async close() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface TestReader {
  readonly reader: LogReader;
  /** Every record that was handed over, in the order of delivery. */
  readonly delivered: readonly DeliveredRecord[];
  texts(): readonly string[];
  close(): Promise<void>;
}

/** The log of one test, and what closes with it. */
export class TestLog {
  readonly kind: LogKind;
  readonly server: LocalServer;
  readonly options: OpenOptions;
  readonly log: EventLog;
  readonly group = 'counter';
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(kind: LogKind, server: LocalServer, options: Partial<OpenOptions> = {}) {
    this.kind = kind;
    this.server = server;
    this.options = { name: `test-${randomUUID()}`, partitionCount: PARTITION_COUNT, ...options };
    this.log = kind.open(server, this.options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }

  closeLater<Part extends { close(): Promise<void> }>(part: Part): Part {
    this.#closers.push(() => part.close());
    return part;
  }

  read(handle: BatchHandler = async () => undefined): TestReader {
    const reader = this.log.reader({ group: this.group });
    const delivered: DeliveredRecord[] = [];
    void reader.run(async (batch, context) => {
      delivered.push(...batch.records);
      await handle(batch, context);
    });
    return this.closeLater({
      reader,
      delivered,
      texts: () => delivered.map(({ value }) => Buffer.from(value).toString()),
      close: () => reader.close(),
    });
  }

  forkReader(): ReaderProcess {
    return this.closeLater(
      new ReaderProcess(this.kind.processArgument(this.server, { ...this.options, group: this.group })),
    );
  }
}

export interface ReaderMessage {
  readonly type: 'batch' | 'handled';
  readonly partition: number;
  readonly records?: number;
  readonly isAborted?: boolean;
}

export class ReaderProcess {
  readonly messages: ReaderMessage[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(argument: string) {
    this.#child = fork(new URL('./reader-process.mjs', import.meta.url), [argument], { execArgv: [] });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.on('message', (message: ReaderMessage) => this.messages.push(message));
  }

  /** Lets the handlers that run now resolve. */
  release(): void {
    this.#child.send('release');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

export function recordsOf(texts: readonly string[], keyOf: (text: string) => string): readonly LogRecord[] {
  return texts.map((text) => ({ partitionKey: keyOf(text), value: Buffer.from(text) }));
}

export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}:${index}`);
}
