-- Charges what one customer's keys used, as the records of one partition of the log say, each record once: those up to the
-- last position that was applied are left out, so that a batch that is delivered again, or cut differently, charges nothing
-- twice. The arithmetic is that of `chargeRate` in packages/domain.
--
-- KEYS[1]    string: the last position applied, as ARGV[2] of the entries below; kept for ARGV[1] ms
-- KEYS[i+1]  string of bucket i, see rate.lua
-- ARGV[1]    milliseconds
-- ARGV[2]    number of buckets n
-- ARGV       then for each bucket: per minute, burst, minutes of debt
-- ARGV       then for each record, by ascending position: bucket (1..n), position (20 digits, so that it sorts as text), cost
-- Returns    the number of records that were applied

local PARTS = 60000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local buckets = tonumber(ARGV[2])
local first = 3 + buckets * 3
local last = redis.call('GET', KEYS[1]) or ''

local costs = {}
local applied = 0
for at = first, #ARGV, 3 do
  local bucket, position, cost = tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2])
  if position > last then
    costs[bucket] = (costs[bucket] or 0) + cost
    last = position
    applied = applied + 1
  end
end
if applied == 0 then
  return 0
end
redis.call('SET', KEYS[1], last, 'PX', ARGV[1])

for i = 1, buckets do
  if costs[i] then
    local at = 2 + (i - 1) * 3
    local rate, burst, debt = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    local most = (burst + debt * rate) * PARTS
    local level = 0
    local state = redis.call('GET', KEYS[i + 1])
    if state then
      local before, since = string.match(state, '^(%d+):(%d+)$')
      level = math.max(0, math.min(tonumber(before), most) - math.max(0, now - tonumber(since)) * rate)
    end
    level = math.min(level + math.min(costs[i] * PARTS, most), most)
    local ttl = math.ceil(level / rate) + 1
    redis.call('SET', KEYS[i + 1], string.format('%.0f:%.0f', level, now), 'PX', string.format('%.0f', ttl))
  end
end
return applied
