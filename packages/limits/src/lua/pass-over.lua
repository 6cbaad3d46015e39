-- Takes for counted what lies at or before these places, though it never was: every limit of the owner is rebuilt after it.
-- ARGV: for each partition: its number and the place.

for at = 1, #ARGV, 2 do
  local applied = redis.call('HGET', APPLIED, ARGV[at])
  if not applied or applied < ARGV[at + 1] then
    redis.call('HSET', APPLIED, ARGV[at], ARGV[at + 1])
  end
end
return { '1' }
