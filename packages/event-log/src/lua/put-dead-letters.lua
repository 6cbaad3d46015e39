-- Keeps dead letters; one that is there already stays as it is. Forgets those that are too old.
--
-- KEYS[1] hash letters: id = the letter's bytes    KEYS[2] zset of the same ids, scored by the time of their death (ms)
-- ARGV[1] letters that died before this time (ms) are forgotten    ARGV[2] how many at most
-- ARGV[3…] id, time of death, bytes; for each letter

local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(old) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
end
for index = 3, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[1], ARGV[index], ARGV[index + 2]) == 1 then
    redis.call('ZADD', KEYS[2], ARGV[index + 1], ARGV[index])
  end
end
return 1
