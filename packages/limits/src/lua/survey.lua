-- All that is counted of an owner at one instant, so that it can be held against the warehouse. ARGV: times, then the limits.
-- Gives: partitions and places; limits that are counted for and were not asked for; then for each limit its definition,
-- 1 when it is known, what is held, starts of windows and what was used. Lists are texts with spaces between.

local _, due = times_of(ARGV[1])
expire(due)

local asked = {}
local reply = { '', '' }
for at = 2, #ARGV do
  local limit = ARGV[at]
  asked[limit] = true
  local counter = { definition = redis.call('HGET', DEFS, limit) or '', live = '', held = '0' }
  local used = {}
  local fields = redis.call('HGETALL', counter_key(limit))
  for field = 1, #fields, 2 do
    local name, value = fields[field], fields[field + 1]
    if name == 'live' or name == 'held' then
      counter[name] = value
    elseif string.sub(name, 1, 2) == 'w:' then
      used[#used + 1] = string.sub(name, 3)
      used[#used + 1] = value
    end
  end
  reply[#reply + 1] = counter.definition
  reply[#reply + 1] = counter.live
  reply[#reply + 1] = counter.held
  reply[#reply + 1] = table.concat(used, ' ')
end

local others = {}
for _, limit in ipairs(redis.call('HKEYS', DEFS)) do
  if not asked[limit] then
    others[#others + 1] = limit
  end
end

reply[1] = table.concat(redis.call('HGETALL', APPLIED), ' ')
reply[2] = table.concat(others, ' ')
return reply
