-- Which partitions have something at or after an offset. One question for all that are idle.
--
-- KEYS[i] hash of a partition    ARGV[i] the next offset that the reader wants of it
-- Returns the indexes i, from 1, of those that have it.

local arrived = {}
for index = 1, #KEYS do
  if tonumber(redis.call('HGET', KEYS[index], 'end') or '0') > tonumber(ARGV[index]) then
    arrived[#arrived + 1] = index
  end
end
return arrived
