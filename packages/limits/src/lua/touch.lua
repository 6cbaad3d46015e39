-- Notes that the events of a batch were stored, for a customer that no limit counts for. Kept in one step, so that a limit
-- that begins in this moment either hears of the batch or finds it in the warehouse.
-- ARGV: partition, place of the last event, seconds for which it is kept. Gives {1} when there are limits: then `settle`.

if redis.call('EXISTS', DEFS) == 1 then
  return { '1' }
end
local applied = redis.call('HGET', APPLIED, ARGV[1])
if not applied or applied < ARGV[2] then
  redis.call('HSET', APPLIED, ARGV[1], ARGV[2])
end
redis.call('EXPIRE', APPLIED, ARGV[3])
return { '0' }
