-- Removes a field of a hash that still holds a value.
-- KEYS 1 hash   ARGV 1 field  2 value   Gives 1 when it did, 0 otherwise.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
