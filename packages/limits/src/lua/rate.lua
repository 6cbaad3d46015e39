-- One request against several rate limits: all of them allow it and are filled, or none is. The arithmetic is that of
-- `decideRate` in packages/domain, to the digit.
--
-- KEYS[i]  string of bucket i: "<level>:<ms since the epoch>", level in parts of a unit, 60000 each
-- ARGV     for each bucket: per minute, burst, minutes of debt, cost (0 asks whether one more unit would fit)
-- Returns  {allowed (1 or 0), now in ms, level of each bucket after it ...}, all but the first as text

local PARTS = 60000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local levels, most = {}, {}
local allowed = 1
for i = 1, #KEYS do
  local at = (i - 1) * 4
  local rate, burst, debt, cost =
    tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  most[i] = (burst + debt * rate) * PARTS
  levels[i] = 0
  local state = redis.call('GET', KEYS[i])
  if state then
    local level, since = string.match(state, '^(%d+):(%d+)$')
    local elapsed = math.max(0, now - tonumber(since))
    levels[i] = math.max(0, math.min(tonumber(level), most[i]) - elapsed * rate)
  end
  if levels[i] + math.max(cost, 1) * PARTS > burst * PARTS then
    allowed = 0
  end
end

local answer = { allowed, string.format('%.0f', now) }
for i = 1, #KEYS do
  local at = (i - 1) * 4
  local rate, cost = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 4])
  if allowed == 1 and cost > 0 then
    levels[i] = math.min(levels[i] + math.min(cost * PARTS, most[i]), most[i])
    -- Once it has drained it is as if it had never been: it goes by itself.
    local ttl = math.ceil(levels[i] / rate) + 1
    redis.call('SET', KEYS[i], string.format('%.0f:%.0f', levels[i], now), 'PX', string.format('%.0f', ttl))
  end
  answer[i + 2] = string.format('%.0f', levels[i])
end
return answer
