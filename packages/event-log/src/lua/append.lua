-- Appends entries, all or none, each at the next offset of its partition.
--
-- KEYS[3i+1] hash   of the entry's partition (see ensure.lua)
-- KEYS[3i+2] stream of the entry's partition: id 0-<offset>, field e = the entry's bytes
-- KEYS[3i+3] list   of the partition's time marks "<ms>:<offset>:<bytes appended before it>", oldest first
-- ARGV[1]    bytes, and ARGV[2] milliseconds, after which another mark is made
-- ARGV[i+3]  entry i
-- Returns 1, or 0 when a partition does not exist: Redis lost it, and nothing was appended.

for key = 1, #KEYS, 3 do
  if redis.call('HEXISTS', KEYS[key], 'end') == 0 or redis.call('EXISTS', KEYS[key + 1]) == 0 then
    return 0
  end
end

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

for key = 1, #KEYS, 3 do
  local partition, entry = KEYS[key], ARGV[(key - 1) / 3 + 3]
  local offset = string.format('%.0f', redis.call('HINCRBY', partition, 'end', 1) - 1)
  redis.call('XADD', KEYS[key + 1], '0-' .. offset, 'e', entry)
  local bytes = redis.call('HINCRBY', partition, 'bytes', #entry)
  local marked = redis.call('HMGET', partition, 'marked_bytes', 'marked_ms')
  if bytes - tonumber(marked[1]) >= tonumber(ARGV[1]) or now_ms - tonumber(marked[2]) >= tonumber(ARGV[2]) then
    local before = string.format('%.0f', bytes - #entry)
    redis.call('RPUSH', KEYS[key + 2], string.format('%.0f:%s:%s', now_ms, offset, before))
    redis.call('HSET', partition, 'marked_bytes', before, 'marked_ms', string.format('%.0f', now_ms))
  end
end
return 1
