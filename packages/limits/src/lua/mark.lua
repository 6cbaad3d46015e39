-- Lays down the mark that every counter was rebuilt since Redis last lost its data. KEYS: the mark.

redis.call('SET', KEYS[1], '1')
return { '1' }
