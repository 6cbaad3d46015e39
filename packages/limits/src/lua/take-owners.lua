-- Takes owners that there is something about, so that one process looks at each. KEYS: the set. ARGV: how many at most.

return redis.call('SPOP', KEYS[1], ARGV[1])
