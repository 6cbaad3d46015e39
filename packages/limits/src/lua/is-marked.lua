-- KEYS: the mark. Gives {1} while it is there, else {0}.

return { tostring(redis.call('EXISTS', KEYS[1])) }
