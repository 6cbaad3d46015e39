-- What the scripts of a customer's limits share. All its keys carry the customer as their hash tag, so that they lie in one
-- slot and one script sees all of them:
--
--   PREFIX:defs        hash: limit → its definition as JSON: scope, id, model, metric, window, from
--   PREFIX:c:LIMIT     hash: the counter of a limit
--                        live       1 once its first rebuild has finished
--                        token      of the rebuild under way; absent when there is none
--                        minute     1 for the limit of a minute
--                        held       what reservations hold (calendar windows)
--                        w:START    used in the window that starts then, or was reset then
--                        s:START    the same, of what was settled since the rebuild under way began
--                        level, at, amount   the bucket of a minute: in 60,000ths, at a millisecond, draining that much
--   PREFIX:trusted     hash: limit → admitted on trust while its counter was not known
--   PREFIX:leases      sorted set: reservation by the millisecond in which it expires
--   PREFIX:r:RESERVATION  hash: limit → what it holds of it
--   PREFIX:applied     hash: partition of the log → the place up to which events have been settled

local prefix = KEYS[1]
local DEFS = prefix .. ':defs'
local TRUSTED = prefix .. ':trusted'
local LEASES = prefix .. ':leases'
local APPLIED = prefix .. ':applied'

local MINUTE_MS = 60000
-- Of a limit's windows the newest are kept: the one under way, the one before it, and one that clocks run ahead into.
local WINDOWS_KEPT = 3
-- A bucket that nobody touched for a week has drained, whatever its level was.
local ELAPSED_MAX_MS = 604800000
-- Reservations that one call clears away; what is left waits for the next.
local EXPIRED_MAX = 1000

local function counter_key(limit)
  return prefix .. ':c:' .. limit
end

local function lease_key(reservation)
  return prefix .. ':r:' .. reservation
end

-- Takes apart what scripts are told of time, `NOW/SETTLED`, both in milliseconds since the epoch and both may be empty.
-- NOW is Redis's own clock, so that all processes agree, unless the caller brings one. Everything accepted until SETTLED has
-- been settled: a reservation that was due later may still be named by an event that waits in the log. Gives now, and when
-- what is cleared away was due.
local function times_of(given)
  local now, settled = string.match(given, '^(%d*)/(%d*)$')
  if now == '' then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  now = tonumber(now)
  return now, math.min(now, tonumber(settled) or now)
end

-- The level of a bucket now, in 60,000ths.
local function level_of(level, at, amount, now)
  local elapsed = math.min(math.max(0, now - at), ELAPSED_MAX_MS)
  return subtract(level, multiply(amount, elapsed))
end

-- Drains the bucket of a limit until now, then adds a quantity, or takes it away.
local function pour(key, change)
  local bucket = redis.call('HMGET', key, 'level', 'at', 'amount')
  local amount = change.amount or parse(bucket[3])
  local level = level_of(parse(bucket[1]), tonumber(bucket[2]), parse(bucket[3]), change.now)
  local quantity = multiply(change.quantity, MINUTE_MS)
  if change.takes_away then
    level = subtract(level, quantity)
  else
    level = add(level, quantity)
  end
  local at = math.max(tonumber(bucket[2]), change.now)
  redis.call('HSET', key, 'level', format(level), 'at', string.format('%d', at), 'amount', format(amount))
end

-- Lets go what a reservation held. Its share of a bucket is given back only on request: an expired one has drained.
local function end_lease(reservation, now, gives_back)
  local key = lease_key(reservation)
  local holds = redis.call('HGETALL', key)
  redis.call('ZREM', LEASES, reservation)
  if #holds == 0 then
    return false
  end
  redis.call('DEL', key)
  for at = 1, #holds, 2 do
    local counter = counter_key(holds[at])
    local quantity = parse(holds[at + 1])
    local found = redis.call('HMGET', counter, 'held', 'minute')
    if found[2] == '1' then
      if gives_back then
        pour(counter, { quantity = quantity, takes_away = true, now = now })
      end
    elseif found[1] then
      redis.call('HSET', counter, 'held', format(subtract(parse(found[1]), quantity)))
    end
  end
  return true
end

-- A reservation that nobody settled, and nobody will, holds nothing any more.
local function expire(due)
  local expired = redis.call('ZRANGEBYSCORE', LEASES, '-inf', string.format('%d', due), 'LIMIT', 0, EXPIRED_MAX)
  for _, reservation in ipairs(expired) do
    end_lease(reservation, due, false)
  end
end

-- Adds to the window that starts then, under `w:` or `s:`.
local function add_used(key, field, quantity)
  local used = redis.call('HGET', key, field)
  redis.call('HSET', key, field, format(add(parse(used or '0'), quantity)))
  if used then
    return
  end
  local kind = string.sub(field, 1, 2)
  local starts = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if string.sub(name, 1, 2) == kind then
      starts[#starts + 1] = tonumber(string.sub(name, 3))
    end
  end
  if #starts > WINDOWS_KEPT then
    redis.call('HDEL', key, kind .. string.format('%d', math.min(unpack(starts))))
  end
end
