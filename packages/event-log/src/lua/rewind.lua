-- Makes a group consume everything that is still stored again.
--
-- KEYS[1] zset readers    KEYS[2] hash committed    KEYS[3…] hash of each partition, from 0
-- Returns 1, or 0 when a reader of the group lives.

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if redis.call('ZCOUNT', KEYS[1], string.format('%.0f', now), '+inf') > 0 then
  return 0
end
for key = 3, #KEYS do
  redis.call('HSET', KEYS[2], tostring(key - 3), redis.call('HGET', KEYS[key], 'start'))
end
return 1
