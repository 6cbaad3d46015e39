export type { JobName, JobPayload, JobQueue, OwnersPayload, ReconcilePayload } from './catalog.ts';
export type { JobHandlers, Jobs, NewJob } from './jobs.ts';
export { createRedisJobs, type RedisJobsOptions } from './redis-jobs.ts';
export { type Periodic, schedule } from './schedule.ts';
