export {
  type BatchContext,
  type BatchHandler,
  type DeadLetter,
  type DeadLetterQueue,
  type DeliveredRecord,
  type EventLog,
  type LogBatch,
  type LogMonitor,
  type LogReader,
  type LogRecord,
  type LogWriter,
  offsetOf,
  type PartitionProgress,
  positionOf,
  RECORDS_PER_ENTRY_MAX,
} from './event-log.ts';
export { createKafkaLog, type KafkaLogOptions } from './kafka.ts';
export { LogSetupError } from './log-setup-error.ts';
export { type EventLogConfig, openEventLog, readEventLogConfig } from './open-event-log.ts';
export { partitionOf } from './partitioner.ts';
export { createRedisLog, type RedisLogOptions } from './redis-streams.ts';
