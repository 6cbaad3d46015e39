-- Holds the worst case of a request against every limit that applies, or against none.
-- ARGV: times, reservation, milliseconds until it expires, then for each limit: id, start of the window or `minute`, amount,
--       quantity, `block` or `alert`, what may be admitted in total while the counter is not known (empty: nothing)
-- Gives {1, what is left of each limit (empty: not known)…}, or {0, limit, `exhausted` or `unknown`, what is left of it}.

local now, due = times_of(ARGV[1])
expire(due)

-- A limit, what is asked of it, and what its counter says: whether it is known, what it holds and what is left.
local function demand_at(first)
  local demand = {
    limit = ARGV[first],
    window = ARGV[first + 1],
    amount = parse(ARGV[first + 2]),
    quantity = parse(ARGV[first + 3]),
    blocks = ARGV[first + 4] == 'block',
    allowance = ARGV[first + 5],
    counter = counter_key(ARGV[first]),
  }
  local is_minute = demand.window == 'minute'
  local fields = is_minute and { 'level', 'at' } or { 'w:' .. demand.window }
  local found = redis.call('HMGET', demand.counter, 'live', 'held', unpack(fields))
  demand.is_known = found[1] == '1'
  demand.held = found[2]
  if demand.is_known and is_minute then
    local level = level_of(parse(found[3]), tonumber(found[4]), demand.amount, now)
    demand.left = divide(subtract(multiply(demand.amount, MINUTE_MS), level), MINUTE_MS)
  elseif demand.is_known then
    demand.left = subtract(demand.amount, add(parse(found[3] or '0'), parse(demand.held)))
  end
  return demand
end

local function trusted_of(demand)
  return parse(redis.call('HGET', TRUSTED, demand.limit) or '0')
end

local demands = {}
for first = 4, #ARGV, 6 do
  demands[#demands + 1] = demand_at(first)
end

for _, demand in ipairs(demands) do
  if demand.blocks then
    local left = demand.left
    if left then
      if compare(demand.quantity, left) > 0 then
        return { '0', demand.limit, 'exhausted', format(left) }
      end
    else
      left = demand.allowance == '' and ZERO or subtract(parse(demand.allowance), trusted_of(demand))
      if demand.allowance == '' or compare(demand.quantity, left) > 0 then
        return { '0', demand.limit, 'unknown', format(left) }
      end
    end
  end
end

local reply = { '1' }
local holds = {}
for _, demand in ipairs(demands) do
  if not demand.is_known then
    redis.call('HSET', TRUSTED, demand.limit, format(add(trusted_of(demand), demand.quantity)))
  end
  if demand.held then
    if demand.window == 'minute' then
      pour(demand.counter, { quantity = demand.quantity, amount = demand.amount, now = now })
    else
      redis.call('HSET', demand.counter, 'held', format(add(parse(demand.held), demand.quantity)))
    end
  end
  holds[#holds + 1] = demand.limit
  holds[#holds + 1] = format(demand.quantity)
  reply[#reply + 1] = demand.left and format(subtract(demand.left, demand.quantity)) or ''
end

if #holds > 0 then
  redis.call('HSET', lease_key(ARGV[2]), unpack(holds))
  redis.call('ZADD', LEASES, string.format('%d', now + tonumber(ARGV[3])), ARGV[2])
end
return reply
