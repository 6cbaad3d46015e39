export { type Clock, systemClock } from './clock.ts';
export { csvText, textCell } from './csv.ts';
export {
  ConfigurationError,
  type Environment,
  type EnvironmentReader,
  readEnvironment,
} from './environment.ts';
export { createFailpoints, type Failpoint } from './failpoints.ts';
export { createIdGenerator, type IdGenerator } from './ids.ts';
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts';
export { Counter, createMetrics, Gauge, Histogram, type Registry } from './metrics.ts';
export {
  createOperationsHandler,
  type OperationsHandler,
  type OperationsOptions,
  type ReadinessCheck,
} from './operations.ts';
export { startOperationsServer } from './operations-server.ts';
export { beginProblem, PROBLEM_MEDIA_TYPE, type Problem, sendProblem, toProblem, toTollgateError } from './problem.ts';
export { type RefusalRecorder, recordRefusals } from './record-refusals.ts';
export type { RefusalCount } from './refusal-tally.ts';
export { type Repeated, repeat } from './repeat.ts';
export { PROCESS_REPORT_EVERY_MS, reportProcess } from './report-process.ts';
export { requestIdOf } from './request-id.ts';
export { type Closable, exitOnConfigurationError, runService, type ServiceScope } from './service.ts';
export { readTlsFiles, type TlsFiles } from './tls-files.ts';
export {
  createTracing,
  readTracingConfig,
  type Span,
  type SpanOutcome,
  type Tracing,
  type TracingConfig,
} from './tracing.ts';
export { createWebServer, type WebServer, type WebServerOptions } from './web-server.ts';
