-- Commits an offset, but only for the holder of the lease: a reader that was frozen past its lease finds another fence.
--
-- KEYS[1] hash leases (see lease.lua)
-- KEYS[2] hash committed: <partition> = the next offset that the group consumes
-- ARGV[1] partition    ARGV[2] reader id    ARGV[3] fence    ARGV[4] next offset
-- Returns 1, or 0 when the lease is another's.

local lease = redis.call('HGET', KEYS[1], ARGV[1])
local owned = ARGV[2] .. '|' .. ARGV[3] .. '|'
if not lease or string.sub(lease, 1, #owned) ~= owned then
  return 0
end
local committed = redis.call('HGET', KEYS[2], ARGV[1])
if not committed or tonumber(committed) < tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
end
return 1
