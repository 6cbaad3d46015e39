-- Counts what was really used, each event once: those at or before the place up to which the partition was settled are
-- passed over, so that a batch may come again, cut otherwise. Their reservations end all the same: what a rebuild has
-- counted is held until then.
-- ARGV: times, partition, then for each event: place, reservation, key, project, customer, model, requests, input tokens,
--       output tokens, cost, the starts of its windows of hour, day, week, month, billing period (empty: long over), time
-- Gives for each counter that changed: limit, start of the window or `minute`.

local FIELDS = 16
local WINDOWS = { hour = 11, day = 12, week = 13, month = 14, billing_period = 15 }
local TIME = 16

local now, due = times_of(ARGV[1])
local partition = ARGV[2]
expire(due)

local definitions = {}
local found = redis.call('HGETALL', DEFS)
for at = 1, #found, 2 do
  local definition = cjson.decode(found[at + 1])
  definition.limit = found[at]
  definition.counter = counter_key(found[at])
  definitions[#definitions + 1] = definition
end

local SCOPE_FIELD = { key = 3, project = 4, customer = 5 }

-- Each part of a pattern at its first place after the one before: no place is looked at twice.
local function matches(parts, model)
  if #parts == 1 then
    return parts[1] == model
  end
  local first, last = parts[1], parts[#parts]
  local stop = #model - #last
  if #first > stop or string.sub(model, 1, #first) ~= first then
    return false
  end
  if string.sub(model, stop + 1) ~= last then
    return false
  end
  local place = #first + 1
  for at = 2, #parts - 1 do
    local from, to = string.find(model, parts[at], place, true)
    if not from then
      return false
    end
    place = to + 1
  end
  return place <= stop + 1
end

local function applies(definition, event)
  local field = SCOPE_FIELD[definition.scope]
  if field and ARGV[event + field - 1] ~= definition.id then
    return false
  end
  return not definition.model or matches(definition.model, ARGV[event + 5])
end

local function quantity_of(metric, event)
  if metric == 'requests' then
    return parse(ARGV[event + 6])
  elseif metric == 'input_tokens' then
    return parse(ARGV[event + 7])
  elseif metric == 'output_tokens' then
    return parse(ARGV[event + 8])
  elseif metric == 'tokens' then
    return add(parse(ARGV[event + 7]), parse(ARGV[event + 8]))
  end
  return parse(ARGV[event + 9])
end

local reply = {}
local replied = {}
local function changed(limit, window)
  local name = limit .. ' ' .. window
  if not replied[name] then
    replied[name] = true
    reply[#reply + 1] = limit
    reply[#reply + 1] = window
  end
end

-- What is added to windows, each once at the end: a window that is dropped for newer ones would be dropped again.
local sums = {}
local in_order = {}
local function sum_up(definition, start, quantity)
  local name = definition.limit .. ' ' .. start
  local sum = sums[name]
  if sum then
    sum.quantity = add(sum.quantity, quantity)
    return
  end
  sums[name] = { definition = definition, start = start, quantity = quantity }
  in_order[#in_order + 1] = sums[name]
end

local function count(definition, event)
  -- It was reset since.
  if tonumber(ARGV[event + TIME - 1]) < definition.from then
    return
  end
  local quantity = quantity_of(definition.metric, event)
  if definition.window == 'minute' then
    pour(definition.counter, { quantity = quantity, now = now })
    changed(definition.limit, 'minute')
    return
  end
  local start = definition.window == 'lifetime' and '0' or ARGV[event + WINDOWS[definition.window] - 1]
  if start == '' then
    return
  end
  if tonumber(start) < definition.from then
    start = string.format('%d', definition.from)
  end
  sum_up(definition, start, quantity)
  changed(definition.limit, start)
end

local applied = redis.call('HGET', APPLIED, partition) or ''
for event = 3, #ARGV, FIELDS do
  if ARGV[event + 1] ~= '' then
    end_lease(ARGV[event + 1], now, true)
  end
  if ARGV[event] > applied then
    applied = ARGV[event]
    for _, definition in ipairs(definitions) do
      if applies(definition, event) then
        count(definition, event)
      end
    end
  end
end
for _, sum in ipairs(in_order) do
  local counter = sum.definition.counter
  add_used(counter, 'w:' .. sum.start, sum.quantity)
  if redis.call('HEXISTS', counter, 'token') == 1 then
    add_used(counter, 's:' .. sum.start, sum.quantity)
  end
end
redis.call('HSET', APPLIED, partition, applied)
redis.call('PERSIST', APPLIED)
return reply
