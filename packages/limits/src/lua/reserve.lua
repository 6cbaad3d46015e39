-- Holds the worst case of a request against every limit that applies, or against none.
-- ARGV: times, reservation, milliseconds until it expires, then for each limit: id, start of the window or `minute`, amount,
--       quantity, `block` or `alert`, what may be admitted in total while the counter is not known (empty: nothing)
-- Gives {1, what is left of each limit (empty: not known)…}, or {0, limit, `exhausted` or `unknown`, what is left of it}.

local now, due = times_of(ARGV[1])
expire(due)

local function demand_at(first)
  return {
    limit = ARGV[first],
    window = ARGV[first + 1],
    amount = parse(ARGV[first + 2]),
    quantity = parse(ARGV[first + 3]),
    blocks = ARGV[first + 4] == 'block',
    allowance = ARGV[first + 5],
    counter = counter_key(ARGV[first]),
  }
end

-- What is left of a limit; nil while its counter is not known.
local function remaining_of(demand)
  if redis.call('HGET', demand.counter, 'live') ~= '1' then
    return nil
  end
  if demand.window == 'minute' then
    local bucket = redis.call('HMGET', demand.counter, 'level', 'at')
    local level = level_of(parse(bucket[1]), tonumber(bucket[2]), demand.amount, now)
    return divide(subtract(multiply(demand.amount, MINUTE_MS), level), MINUTE_MS)
  end
  local found = redis.call('HMGET', demand.counter, 'w:' .. demand.window, 'held')
  return subtract(demand.amount, add(parse(found[1] or '0'), parse(found[2])))
end

local demands = {}
for first = 4, #ARGV, 6 do
  demands[#demands + 1] = demand_at(first)
end

for _, demand in ipairs(demands) do
  if demand.blocks then
    local left = remaining_of(demand)
    if left then
      if compare(demand.quantity, left) > 0 then
        return { '0', demand.limit, 'exhausted', format(left) }
      end
    else
      local trusted = parse(redis.call('HGET', TRUSTED, demand.limit) or '0')
      left = demand.allowance == '' and ZERO or subtract(parse(demand.allowance), trusted)
      if demand.allowance == '' or compare(demand.quantity, left) > 0 then
        return { '0', demand.limit, 'unknown', format(left) }
      end
    end
  end
end

local reply = { '1' }
local holds = {}
for _, demand in ipairs(demands) do
  local found = redis.call('HMGET', demand.counter, 'live', 'held')
  if found[1] ~= '1' then
    local trusted = parse(redis.call('HGET', TRUSTED, demand.limit) or '0')
    redis.call('HSET', TRUSTED, demand.limit, format(add(trusted, demand.quantity)))
  end
  if found[2] then
    if demand.window == 'minute' then
      pour(demand.counter, { quantity = demand.quantity, amount = demand.amount, now = now })
    else
      redis.call('HSET', demand.counter, 'held', format(add(parse(found[2]), demand.quantity)))
    end
  end
  holds[#holds + 1] = demand.limit
  holds[#holds + 1] = format(demand.quantity)
end
for _, demand in ipairs(demands) do
  local left = remaining_of(demand)
  reply[#reply + 1] = left and format(left) or ''
end

if #holds > 0 then
  redis.call('HSET', lease_key(ARGV[2]), unpack(holds))
  redis.call('ZADD', LEASES, string.format('%d', now + tonumber(ARGV[3])), ARGV[2])
end
return reply
