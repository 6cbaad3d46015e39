-- Adds the failures that one process counted to what all of them share, and answers with every source that changed since
-- the process asked last. The arithmetic is that of `chargeRate` in packages/domain, without debt.
--
-- KEYS[1]  hash: source -> "<level>:<ms since the epoch>", see rate.lua
-- KEYS[2]  sorted set: source by the ms of its last change, so that what changed and what is old are both found fast
-- ARGV[1]  failures that drain in a minute
-- ARGV[2]  burst
-- ARGV[3]  ms: changes before this instant are known
-- ARGV[4]  sources kept at most; the ones that changed longest ago go first
-- ARGV[5]  sources in an answer at most
-- ARGV     then pairs: source, failures
-- Returns  {now in ms, where to go on in ms, source, level now, source, level now ...}, all as text

local PARTS = 60000
local SWEPT_AT_ONCE = 1000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local most = burst * PARTS

local function level_now(state)
  if not state then
    return 0
  end
  local level, since = string.match(state, '^(%d+):(%d+)$')
  return math.max(0, math.min(tonumber(level), most) - math.max(0, now - tonumber(since)) * rate)
end

for at = 6, #ARGV, 2 do
  local source = ARGV[at]
  local level = level_now(redis.call('HGET', KEYS[1], source)) + math.min(tonumber(ARGV[at + 1]) * PARTS, most)
  redis.call('HSET', KEYS[1], source, string.format('%.0f:%.0f', math.min(level, most), now))
  redis.call('ZADD', KEYS[2], string.format('%.0f', now), source)
end

local drained_ms = math.ceil(most / rate)
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - drained_ms), 'LIMIT', 0, SWEPT_AT_ONCE)
local excess = redis.call('ZCARD', KEYS[2]) - #old - tonumber(ARGV[4])
if excess > 0 then
  local taken = math.min(excess, SWEPT_AT_ONCE)
  for _, source in ipairs(redis.call('ZRANGE', KEYS[2], #old, #old + taken - 1)) do
    old[#old + 1] = source
  end
end
for _, source in ipairs(old) do
  redis.call('HDEL', KEYS[1], source)
  redis.call('ZREM', KEYS[2], source)
end
if #ARGV > 5 then
  for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, string.format('%.0f', drained_ms + 60000))
  end
end

local changed = redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[5])
local answer = { string.format('%.0f', now), string.format('%.0f', now) }
for at = 1, #changed, 2 do
  answer[#answer + 1] = changed[at]
  answer[#answer + 1] = string.format('%.0f', level_now(redis.call('HGET', KEYS[1], changed[at])))
end
if #changed >= 2 * tonumber(ARGV[5]) then
  -- There are more: the next question begins with the last of these.
  answer[2] = changed[#changed]
end
return answer
