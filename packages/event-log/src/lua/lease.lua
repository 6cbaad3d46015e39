-- A reader's sign of life: renews its leases, gives back what it drained, takes free partitions up to its fair share.
--
-- KEYS[1] zset   readers of the group: reader id, scored by the time its life ends (ms)
-- KEYS[2] hash   leases: <partition> = "<reader>|<fence>|<expires ms>", fence:<partition> = the last fence given
-- ARGV[1] reader id    ARGV[2] lease in ms    ARGV[3] number of partitions
-- ARGV[4] partitions to give back, comma-separated    ARGV[5] partitions not to take now, comma-separated
-- ARGV[6] "stay" or "leave"
-- Returns {share, partition, fence, partition, fence, …}: what the reader holds now.

local function set_of(text)
  local set = {}
  for item in string.gmatch(text, '[^,]+') do set[item] = true end
  return set
end

local me, lease_ms, partitions = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local give_back, avoid = set_of(ARGV[4]), set_of(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local expires = string.format('%.0f', now + lease_ms)

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now))
if ARGV[6] == 'stay' then
  redis.call('ZADD', KEYS[1], expires, me)
else
  redis.call('ZREM', KEYS[1], me)
end

-- Every reader reckons the shares alike: in the order of the ids, the first ones take one more when it does not divide.
local share = 0
local readers = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(readers)
for rank, reader in ipairs(readers) do
  if reader == me then
    share = math.floor(partitions / #readers) + (rank <= partitions % #readers and 1 or 0)
  end
end

local held, free = {}, {}
local count = 0
for number = 0, partitions - 1 do
  local partition = tostring(number)
  local lease = redis.call('HGET', KEYS[2], partition)
  local owner, fence, ends
  if lease then owner, fence, ends = string.match(lease, '^(.-)|(%d+)|(%d+)$') end
  if owner == me and (ARGV[6] == 'leave' or give_back[partition]) then
    redis.call('HDEL', KEYS[2], partition)
  elseif owner == me then
    redis.call('HSET', KEYS[2], partition, me .. '|' .. fence .. '|' .. expires)
    held[#held + 1] = partition
    held[#held + 1] = fence
    count = count + 1
  elseif not owner or tonumber(ends) < now then
    free[#free + 1] = partition
  end
end

for _, partition in ipairs(free) do
  if count < share and not avoid[partition] then
    local fence = redis.call('HINCRBY', KEYS[2], 'fence:' .. partition, 1)
    redis.call('HSET', KEYS[2], partition, me .. '|' .. string.format('%.0f', fence) .. '|' .. expires)
    held[#held + 1] = partition
    held[#held + 1] = string.format('%.0f', fence)
    count = count + 1
  end
end

table.insert(held, 1, tostring(share))
return held
