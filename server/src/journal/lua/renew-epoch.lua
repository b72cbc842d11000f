-- Another epoch, if the present one is still the expected one ('' for none).
-- KEYS 1 meta (hash)   ARGV 1 expected epoch  2 new epoch   Gives the epoch in force.
local present = redis.call('HGET', KEYS[1], 'epoch') or ''
if present ~= ARGV[1] then return present end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
return ARGV[2]
