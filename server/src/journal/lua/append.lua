-- Appends requests to the journal, each all-or-nothing with a verdict of its own, in one fsync.
--
-- KEYS  1 journal (stream)  2 meta (hash)  3 heads (hash: subject -> seq of its last event)
--       4 private (hash: subject -> ciphertext)  5 private keys (hash: subject -> wrapped key)
--       6..9 ids (hashes: sender NUL id -> "firstSeq:bodyHash"), one for each of four months in turn
-- ARGV  1 city code  2 mark (random, hex)  3 epoch for a journal that has none  4 number of appends
--       then for each append:
--         recordedAt in ms or '' for Redis' clock, sender NUL id, bodyHash, private subject or '', wrapped key, ciphertext,
--         number of expectations, (subject, version) …, number of events, (versioned subject or '', '1' when numbered, payload JSON) …
-- Gives { head, verdict … }, a verdict being {'s', firstSeq, recordedAt} | {'d', seq} | {'r', seq} | {'c', subject, version}.
-- Fails with LOADING-OVER when recordedAt is given for a journal that already lives by its own clock.

local journal, meta, heads = KEYS[1], KEYS[2], KEYS[3]
local city, mark, count = ARGV[1], ARGV[2], tonumber(ARGV[4])
local DAY, SHANGHAI = 86400000, 28800000

local known = redis.call('HMGET', meta, 'epoch', 'seq', 'recordedAt', 'day', 'no', 'loading', 'month', 'mark')
local seq, last, day, no = tonumber(known[2]) or 0, tonumber(known[3]) or 0, tonumber(known[4]), tonumber(known[5]) or 0
local loading, month, lastMark = known[6], tonumber(known[7]), known[8] or ''
if not known[1] then redis.call('HSET', meta, 'epoch', ARGV[3]) end

local function text(n) return string.format('%.0f', n) end

-- Proleptic Gregorian date of a day number, days since 1970-01-01 (Howard Hinnant's well-known arithmetic).
local function civil(days)
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local m = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - math.floor((153 * mp + 2) / 5) + 1
end

local function add(payload, number, at)
  seq = seq + 1
  lastMark = mark .. '.' .. text(seq)
  if number then
    redis.call('XADD', journal, text(seq) .. '-0', 'm', lastMark, 't', text(at), 'e', payload, 'n', text(number))
  else
    redis.call('XADD', journal, text(seq) .. '-0', 'm', lastMark, 't', text(at), 'e', payload)
  end
end

-- Moves the journal's clock on, never back, and begins each Shanghai day it comes to.
local function advance(now)
  if now < last then now = last end
  local today = math.floor((now + SHANGHAI) / DAY)
  for d = (day or today - 1) + 1, today do
    local y, m, dd = civil(d)
    local date = string.format('%04d-%02d-%02d', y, m, dd)
    last = day and math.max(last, d * DAY - SHANGHAI) or now
    add('{"type":"day-began","area":"' .. city .. '","subject":"day:' .. date .. '","data":{"day":"' .. date .. '"},"sender":"journal","id":"day-' .. date .. '"}', nil, last)
    no = 0
    local thisMonth = y * 12 + m
    if thisMonth ~= month then
      -- The hash of this month still holds what it held four months ago.
      for old = math.max((month or thisMonth - 1) + 1, thisMonth - 3), thisMonth do redis.call('UNLINK', KEYS[6 + old % 4]) end
      month = thisMonth
    end
    day = d
  end
  last = now
end

local function ownClock()
  local time = redis.call('TIME')
  if loading then
    redis.call('HDEL', meta, 'loading')
    loading = false
  end
  advance(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

local answer = { 0 }
local started = false
local i = 5
for a = 1, count do
  local given, id, bodyHash, privateSubject, wrapped, ciphertext = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local expectations = tonumber(ARGV[i + 6])
  local e = i + 7
  i = e + expectations * 2
  local events = tonumber(ARGV[i])
  local v = i + 1
  i = v + events * 3

  if given ~= '' then
    -- Only a journal that has lived by no other clock may be loaded with times of the caller's.
    if not loading then
      if seq > 0 then return redis.error_reply('LOADING-OVER') end
      redis.call('HSET', meta, 'loading', '1')
      loading = true
    end
    advance(tonumber(given))
  elseif not started then
    started = true
    ownClock()
  end

  local verdict
  for back = 0, 2 do
    local stored = redis.call('HGET', KEYS[6 + (month - back) % 4], id)
    if stored then
      local first, hash = string.match(stored, '^(%d+):(.*)$')
      verdict = { hash == bodyHash and 'd' or 'r', tonumber(first) }
      break
    end
  end
  if not verdict then
    for x = e, e + expectations * 2 - 1, 2 do
      local version = tonumber(redis.call('HGET', heads, ARGV[x]) or '0')
      if version ~= tonumber(ARGV[x + 1]) then
        verdict = { 'c', ARGV[x], version }
        break
      end
    end
  end
  if not verdict then
    local first = seq + 1
    for x = v, v + events * 3 - 1, 3 do
      local number
      if ARGV[x + 1] == '1' then
        no = no + 1
        number = no
      end
      add(ARGV[x + 2], number, last)
      if ARGV[x] ~= '' then redis.call('HSET', heads, ARGV[x], text(seq)) end
    end
    redis.call('HSET', KEYS[6 + month % 4], id, text(first) .. ':' .. bodyHash)
    if privateSubject ~= '' then
      redis.call('HSET', KEYS[4], privateSubject, ciphertext)
      redis.call('HSET', KEYS[5], privateSubject, wrapped)
    end
    verdict = { 's', first, text(last) }
  end
  answer[a + 1] = verdict
end

if count == 0 then ownClock() end
redis.call('HSET', meta, 'seq', text(seq), 'recordedAt', text(last), 'day', text(day), 'no', text(no), 'month', text(month), 'mark', lastMark)
answer[1] = seq
return answer
