-- Notes up to when everything accepted has been settled. It only ever grows.
-- KEYS: a hash: `partitions` → how many the log has; partition → milliseconds since the epoch
-- ARGV: how many partitions the log has, then for each partition: its number, milliseconds

redis.call('HSET', KEYS[1], 'partitions', ARGV[1])
for at = 2, #ARGV, 2 do
  local known = tonumber(redis.call('HGET', KEYS[1], ARGV[at]) or '0')
  if tonumber(ARGV[at + 1]) > known then
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  end
end
return { '1' }
