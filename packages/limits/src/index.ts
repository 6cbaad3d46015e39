export type { ChargedPartition, KeyRates, Limits, Lockouts, RateVerdict, Standing, TokenCharge } from './limits.ts';
export { rateLimited, rateLimitHeaders } from './rate-limit-headers.ts';
export { createRedisLimits, type RedisLimits, type RedisLimitsOptions, readLimitsUrl } from './redis-limits.ts';
