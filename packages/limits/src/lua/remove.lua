-- Stops to count for a limit that is gone. ARGV: limit.

redis.call('HDEL', DEFS, ARGV[1])
redis.call('DEL', counter_key(ARGV[1]))
redis.call('HDEL', TRUSTED, ARGV[1])
return { '1' }
