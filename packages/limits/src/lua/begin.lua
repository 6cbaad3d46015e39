-- Begins to count for a limit, or to count again what may have drifted: from here on events are added, and what was used
-- until here is asked of the warehouse. A counter that is live stays so meanwhile.
-- ARGV: times, limit, its definition as JSON, `minute` or empty, amount, token, then for each partition: its number and the
--       place up to which the warehouse has it, which stands in where nothing was ever settled
-- Gives for each partition: its number and the place up to which to ask.

local now, due = times_of(ARGV[1])
local limit = ARGV[2]
local counter = counter_key(limit)
expire(due)

for at = 7, #ARGV, 2 do
  redis.call('HSETNX', APPLIED, ARGV[at], ARGV[at + 1])
end
redis.call('PERSIST', APPLIED)
redis.call('HSET', DEFS, limit, ARGV[3])

local since = {}
for _, name in ipairs(redis.call('HKEYS', counter)) do
  if string.sub(name, 1, 2) == 's:' then
    since[#since + 1] = name
  end
end
if #since > 0 then
  redis.call('HDEL', counter, unpack(since))
end

local held = ZERO
if ARGV[4] == 'minute' then
  redis.call('HSET', counter, 'minute', '1')
  redis.call('HSETNX', counter, 'level', '0')
  redis.call('HSETNX', counter, 'at', string.format('%d', now))
  redis.call('HSETNX', counter, 'amount', ARGV[5])
else
  for _, reservation in ipairs(redis.call('ZRANGE', LEASES, 0, -1)) do
    held = add(held, parse(redis.call('HGET', lease_key(reservation), limit) or '0'))
  end
end
redis.call('HSET', counter, 'token', ARGV[6], 'held', format(held))
return redis.call('HGETALL', APPLIED)
