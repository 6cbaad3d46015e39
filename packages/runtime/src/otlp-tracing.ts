// Traces by OpenTelemetry's SDK, sent as JSON by OTLP over HTTP. What a collector does not take in time is dropped: spans are
// never waited for, and never more of them are kept than QUEUE_MAX.

import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Span, SpanStart, Tracing } from './tracing.ts';

const QUEUE_MAX = 8_192;
const SEND_EVERY_MS = 1_000;
const SEND_TIMEOUT_MS = 5_000;
/** W3C Trace Context, section 3.2: version, trace id, parent id, flags; what later versions add is not read. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

export function createOtlpTracing(options: {
  readonly service: string;
  readonly endpoint: string;
  /** From 0 to 1. */
  readonly sampledFraction: number;
}): Tracing {
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service, 'service.namespace': 'tollgate' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sampledFraction) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: SEND_TIMEOUT_MS }),
        maxQueueSize: QUEUE_MAX,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('tollgate');

  return {
    start({ name, kind, parent, startedAtMs }) {
      const startTime = startedAtMs === undefined ? {} : { startTime: startedAtMs };
      const span = tracer.startSpan(name, { kind: KINDS[kind], ...startTime }, contextOf(parent));
      if (!span.isRecording()) return undefined;
      const { traceId, spanId } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-01`,
        end({ attributes = {}, isFailed = false, endedAtMs } = {}) {
          span.setAttributes(attributes);
          if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end(endedAtMs);
        },
      } satisfies Span;
    },
    // A collector that is away must not keep the process.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

function contextOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = (traceparent === undefined ? null : TRACEPARENT.exec(traceparent)) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
