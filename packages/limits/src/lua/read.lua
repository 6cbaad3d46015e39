-- How it stands with limits. ARGV: times, then for each limit: id, start of the window or `minute`, amount
-- Gives for each: 1 when its counter is known, what is used, what is held.

local now, due = times_of(ARGV[1])
expire(due)
local reply = {}
for first = 2, #ARGV, 3 do
  local counter = counter_key(ARGV[first])
  local window = ARGV[first + 1]
  local found = redis.call('HMGET', counter, 'live', 'held', 'w:' .. window, 'level', 'at')
  local used = found[3] or '0'
  if window == 'minute' and found[4] then
    local level = level_of(parse(found[4]), tonumber(found[5]), parse(ARGV[first + 2]), now)
    used = format(divide(add(level, { MINUTE_MS - 1 }), MINUTE_MS))
  end
  reply[#reply + 1] = found[1] == '1' and '1' or '0'
  reply[#reply + 1] = used
  reply[#reply + 1] = found[2] or '0'
end
return reply
