-- Reads entries of one partition from an offset on, until a number of bytes is reached.
--
-- KEYS[1] stream of the partition
-- ARGV[1] first offset    ARGV[2] bytes after which no more are read    ARGV[3] entries at most
-- Returns {offset, bytes of the entry, offset, bytes of the entry, …}

local found = {}
local from = '0-' .. ARGV[1]
local bytes, count = 0, 0
local bytes_max, entries_max = tonumber(ARGV[2]), tonumber(ARGV[3])
-- Entries differ in size by a factor of a million: read as many at once as their mean so far lets fit, at most 32.
local step = 1
while true do
  local range = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', step)
  for _, item in ipairs(range) do
    found[#found + 1] = string.sub(item[1], 3)
    found[#found + 1] = item[2][2]
    bytes = bytes + #item[2][2]
    count = count + 1
    from = '(' .. item[1]
  end
  if #range < step or bytes >= bytes_max or count >= entries_max then
    return found
  end
  local fitting = math.floor((bytes_max - bytes) / (bytes / count + 1))
  step = math.max(1, math.min(32, fitting, entries_max - count))
end
