-- Says that there is something about these owners. KEYS: the set of owners that nobody has looked at yet. ARGV: owners.

redis.call('SADD', KEYS[1], unpack(ARGV))
return { '1' }
