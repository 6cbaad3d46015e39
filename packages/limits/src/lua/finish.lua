-- Adds what the warehouse has to what was settled since the rebuild began.
-- ARGV: times, limit, token, then for each window: its start and what was used in it
-- Gives {1}, or {0} when another rebuild has begun since and this one is void.

local now = times_of(ARGV[1])
local limit = ARGV[2]
local counter = counter_key(limit)
if redis.call('HGET', counter, 'token') ~= ARGV[3] then
  return { '0' }
end

local found = redis.call('HMGET', counter, 'minute', 'live')
if found[1] ~= '1' then
  local fields = redis.call('HGETALL', counter)
  local since = {}
  for at = 1, #fields, 2 do
    local kind = string.sub(fields[at], 1, 2)
    if kind == 's:' then
      since[#since + 1] = { start = string.sub(fields[at], 3), used = fields[at + 1] }
    end
    if kind == 's:' or kind == 'w:' then
      redis.call('HDEL', counter, fields[at])
    end
  end
  for _, window in ipairs(since) do
    add_used(counter, 'w:' .. window.start, parse(window.used))
  end
  for at = 4, #ARGV, 2 do
    add_used(counter, 'w:' .. ARGV[at], parse(ARGV[at + 1]))
  end
elseif found[2] ~= '1' then
  for at = 4, #ARGV, 2 do
    pour(counter, { quantity = parse(ARGV[at + 1]), now = now })
  end
end
redis.call('HDEL', counter, 'token')
redis.call('HSET', counter, 'live', '1')
redis.call('HDEL', TRUSTED, limit)
return { '1' }
