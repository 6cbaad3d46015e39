-- Clears away reservations that nobody settled. ARGV: times. Gives {what is left of reservations}.

local _, due = times_of(ARGV[1])
expire(due)
return { tostring(redis.call('ZCARD', LEASES)) }
