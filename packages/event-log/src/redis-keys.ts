// The names of the log's keys in Redis. All carry the hash tag {name}: in a Redis Cluster they share one node, since one
// script appends to several partitions at once.

export interface RedisKeys {
  readonly meta: string;
  readonly groups: string;
  partition(partition: number): string;
  stream(partition: number): string;
  marks(partition: number): string;
  readers(group: string): string;
  leases(group: string): string;
  committed(group: string): string;
  readonly deadLetters: string;
  readonly deadLetterTimes: string;
}

export function createRedisKeys(name: string): RedisKeys {
  const prefix = `{${name}}:log`;
  return {
    meta: prefix,
    groups: `${prefix}:groups`,
    partition: (partition) => `${prefix}:${partition}`,
    stream: (partition) => `${prefix}:${partition}:entries`,
    marks: (partition) => `${prefix}:${partition}:marks`,
    readers: (group) => `${prefix}:group:${group}:readers`,
    leases: (group) => `${prefix}:group:${group}:leases`,
    committed: (group) => `${prefix}:group:${group}:committed`,
    deadLetters: `${prefix}:dead-letters`,
    deadLetterTimes: `${prefix}:dead-letters:times`,
  };
}
