// Traces: what one request set off, in every service that had a part in it. Told to a collector when one is configured; else
// nothing of OpenTelemetry's SDK is loaded, no span is made, and nothing is added to what the log holds.

import type { EnvironmentReader } from './environment.ts';

/** A unit of work that is traced. */
export interface Span {
  /** W3C Trace Context, for those who go on with the work. */
  readonly traceparent: string;
  end(outcome?: SpanOutcome): void;
}

export interface SpanOutcome {
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** It did not do what it was for. */
  readonly isFailed?: boolean;
  /** Milliseconds since the epoch. Absent: now. */
  readonly endedAtMs?: number;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'producer' | 'consumer' | 'internal';
  /** The `traceparent` of what it is a part of. What is not well formed begins a trace of its own. */
  readonly parent: string | undefined;
  /** Milliseconds since the epoch. Absent: now. */
  readonly startedAtMs?: number;
}

export interface Tracing {
  /** Undefined when it is not recorded: nothing is traced, or this trace is not sampled. */
  start(span: SpanStart): Span | undefined;
  /** Sends what was recorded. */
  close(): Promise<void>;
}

export interface TracingConfig {
  /** The collector's address, to which `/v1/traces` is added; undefined: nothing is traced. */
  readonly endpoint: string | undefined;
  /** Of traces that begin here, from 0 to 1 million; those that come with a decision keep it. */
  readonly sampledPerMillion: number;
}

const MILLION = 1_000_000;

export function readTracingConfig(env: EnvironmentReader): TracingConfig {
  const named = env.optionalText('OTEL_EXPORTER_OTLP_ENDPOINT');
  return {
    endpoint:
      named === undefined ? undefined : env.url('OTEL_EXPORTER_OTLP_ENDPOINT', { schemes: ['http:', 'https:'] }),
    sampledPerMillion: env.integer('TOLLGATE_TRACES_PER_MILLION', { default: MILLION, min: 0, max: MILLION }),
  };
}

export async function createTracing(service: string, config: TracingConfig): Promise<Tracing> {
  const { endpoint, sampledPerMillion } = config;
  if (endpoint === undefined) return NO_TRACING;
  const { createOtlpTracing } = await import('./otlp-tracing.ts');
  return createOtlpTracing({ service, endpoint, sampledFraction: sampledPerMillion / MILLION });
}

const NO_TRACING: Tracing = { start: () => undefined, close: async () => undefined };
