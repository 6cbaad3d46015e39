-- Creates the streams that are missing, and the log's identity. Safe to run at every start.
--
-- KEYS[1]  hash   meta: identity, partitions
-- KEYS[2i] hash   partition i-1: start (first offset stored), end (next offset), bytes (appended ever),
--                 marked_bytes and marked_ms (where the last time mark was made)
-- KEYS[2i+1] stream of partition i-1
-- ARGV[1]  number of partitions    ARGV[2]  identity to take if there is none
-- Returns  {identity, partitions}; nothing is created when `partitions` is not ARGV[1].

local known = redis.call('HGET', KEYS[1], 'partitions')
if known and known ~= ARGV[1] then
  return {redis.call('HGET', KEYS[1], 'identity'), known}
end
redis.call('HSETNX', KEYS[1], 'identity', ARGV[2])
redis.call('HSET', KEYS[1], 'partitions', ARGV[1])

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

for key = 2, #KEYS, 2 do
  local partition, stream = KEYS[key], KEYS[key + 1]
  local known_end = tonumber(redis.call('HGET', partition, 'end') or '0')
  local has_stream = redis.call('EXISTS', stream) == 1
  if not has_stream or known_end == 0 then
    -- Offsets begin at 256 for each millisecond since 1970. No server appends 256 entries a millisecond for long, so
    -- a stream that is made anew after Redis lost its data begins above whatever the lost one had given.
    local base = string.format('%.0f', math.max(now_ms * 256, known_end))
    local start = base
    if has_stream then
      -- Only the hash is gone: what the stream still has is kept.
      local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
      if first then start = string.sub(first[1], 3) end
    else
      redis.call('XADD', stream, string.format('0-%.0f', tonumber(base) - 1), 'e', '')
      redis.call('XTRIM', stream, 'MAXLEN', '=', 0)
    end
    redis.call('HSET', partition, 'start', start, 'end', base, 'bytes', 0, 'marked_bytes', 0, 'marked_ms', 0)
  end
end
return {redis.call('HGET', KEYS[1], 'identity'), ARGV[1]}
