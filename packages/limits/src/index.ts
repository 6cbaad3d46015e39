export { createGate, type Gate } from './gate.ts';
export type { ChangedWindow, LimitCounters, LimitReading, LimitSurvey, SurveyedCounter } from './limit-counters.ts';
export type { LimitSignals, OwnerSignal } from './limit-signals.ts';
export type { ChargedPartition, KeyRates, Limits, Lockouts, RateVerdict, Standing, TokenCharge } from './limits.ts';
export { type LimitsConfig, type LockoutConfig, readLimitsConfig, readLockoutConfig } from './limits-config.ts';
export { createRedisLimits, type RedisLimits, type RedisLimitsOptions } from './redis-limits.ts';
export type { Settlements } from './settlements.ts';
