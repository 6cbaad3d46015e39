-- Forgets committed entries that are too old or too many. What any group has not committed stays, whatever its size.
--
-- KEYS[1] hash of the partition    KEYS[2] its stream    KEYS[3] its time marks (see append.lua)
-- KEYS[4…] hash committed of each group
-- ARGV[1] partition    ARGV[2] age in ms    ARGV[3] bytes to keep at most    ARGV[4] marks to go over at most
-- Returns the number of entries forgotten.

local committed
for key = 4, #KEYS do
  local offset = tonumber(redis.call('HGET', KEYS[key], ARGV[1]) or '0')
  if not committed or offset < committed then committed = offset end
end
local time = redis.call('TIME')
local oldest_ms = tonumber(time[1]) * 1000 - tonumber(ARGV[2])
local bytes = tonumber(redis.call('HGET', KEYS[1], 'bytes') or '0')

local cut
for _ = 1, tonumber(ARGV[4]) do
  -- What lies before the second mark belongs to the first one: it goes once the second is old enough, or once keeping
  -- what follows the second fills the bytes allowed.
  local mark = redis.call('LINDEX', KEYS[3], 1)
  if not mark or not committed then break end
  local ms, offset, before = string.match(mark, '^(%d+):(%d+):(%d+)$')
  local is_due = tonumber(ms) < oldest_ms or bytes - tonumber(before) >= tonumber(ARGV[3])
  if not is_due or tonumber(offset) > committed then break end
  redis.call('LPOP', KEYS[3])
  cut = offset
end
if not cut then return 0 end
redis.call('HSET', KEYS[1], 'start', cut)
return redis.call('XTRIM', KEYS[2], 'MINID', '=', '0-' .. cut)
