-- Up to when everything accepted has been settled, in all partitions. KEYS: as in `note-settled`.
-- Gives {milliseconds}, or nothing while a partition was never heard of.

local partitions = tonumber(redis.call('HGET', KEYS[1], 'partitions') or '0')
local until_ms
for partition = 0, partitions - 1 do
  local found = redis.call('HGET', KEYS[1], tostring(partition))
  if not found then
    return {}
  end
  if not until_ms or tonumber(found) < tonumber(until_ms) then
    until_ms = found
  end
end
return { until_ms }
