-- Gives back what a request held that came to nothing.
-- ARGV: times, reservation. Gives {1}, or {0} when there is no such reservation any more.

local now, due = times_of(ARGV[1])
expire(due)
return { end_lease(ARGV[2], now, true) and '1' or '0' }
