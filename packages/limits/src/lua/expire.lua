-- Clears away reservations that nobody settled. ARGV: now. Gives {what is left of reservations}.

expire(now_of(ARGV[1]))
return { tostring(redis.call('ZCARD', LEASES)) }
