-- Appends requests to the journal, each all-or-nothing with a verdict of its own, in one fsync.
--
-- KEYS  1 journal (stream)  2 meta (hash)  3 heads (hash: subject -> seq of its last event)
--       4 private (hash: subject -> ciphertext)  5 private keys (hash: subject -> wrapped key)
--       6..9 ids (hashes: sender NUL id -> "firstSeq:bodyHash"), one for each of four months in turn
-- ARGV  1 city code  2 mark (random, hex)  3 epoch for a journal that has none  4 number of appends
--       5 the appends: fields in one text, each ended by the byte 31. For each append:
--         recordedAt in ms or '' for Redis' clock, sender NUL id, bodyHash, private subject or '', wrapped key, ciphertext,
--         number of expectations, (subject, version) …, number of events, (versioned subject or '', '1' when numbered) …
--       6 the events of all appends, a list of JSON: [event,"<byte 127><mark>",event,"<byte 127><mark>" …]
--       No append at all: a tick, which only lets a new Shanghai day begin.
-- Gives { head, verdict … }, a verdict being 's firstSeq recordedAt [first number]' stored | 'd seq' duplicate | 'r seq' id reused
--       | 'c version subject' conflict | 'l' recordedAt was given for a journal that already lives by its own clock.
--
-- An entry is one field, e: 'mark recordedAt [number] event'. One text, few fields and short answers: at full load their encoding and
-- decoding cost more than what the script decides.
--
-- A script that fails does not undo its writes: so an append is checked in full before its first write, nothing here can fail but
-- the first XADD (on a stream that was tampered with), and ids and meta follow at the end.

local journal, meta, heads = KEYS[1], KEYS[2], KEYS[3]
local city, mark, count = ARGV[1], ARGV[2], tonumber(ARGV[4])
local DAY, SHANGHAI = 86400000, 28800000

local text, fields, begin = ARGV[5], {}, 1
for stop in function() return string.find(text, '\31', begin, true) end do
  fields[#fields + 1] = string.sub(text, begin, stop - 1)
  begin = stop + 1
end

-- Texts of the events, cut out as they stand: the first begins after '[', each ends before ',"', and after what ends it come '",'.
local payloads, ending = {}, '\127' .. mark
begin = 2
for stop in function() return string.find(ARGV[6], ending, begin, true) end do
  payloads[#payloads + 1] = string.sub(ARGV[6], begin, stop - 3)
  begin = stop + #ending + 2
end

local known = redis.call('HMGET', meta, 'epoch', 'seq', 'recordedAt', 'day', 'no', 'loading', 'month', 'mark')
local seq, last, day, no = tonumber(known[2]) or 0, tonumber(known[3]) or 0, tonumber(known[4]), tonumber(known[5]) or 0
local loading, month, lastMark = known[6], tonumber(known[7]), known[8] or ''
local before, wasLoading = seq, loading

-- Ids stored by this call, for each slot: name, value, name, value …
local fresh = { {}, {}, {}, {} }
local function slot(m) return m % 4 + 1 end

-- Proleptic Gregorian date of a day number, days since 1970-01-01, by eras of 400 years that begin in March.
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
  lastMark = mark
  local head = mark .. string.format(' %d ', at)
  if number then head = head .. number .. ' ' end
  redis.call('XADD', journal, seq .. '-0', 'e', head .. payload)
end

-- Moves the journal's clock on, never back, and begins each Shanghai day it comes to.
local function advance(now)
  if now < last then now = last end
  local today = math.floor((now + SHANGHAI) / DAY)
  for d = (day or today - 1) + 1, today do
    local y, m, dd = civil(d)
    local date = string.format('%04d-%02d-%02d', y, m, dd)
    last = math.max(last, d * DAY - SHANGHAI)
    add('{"type":"day-began","area":"' .. city .. '","subject":"day:' .. date .. '","data":{"day":"' .. date .. '"},"sender":"journal","id":"day-' .. date .. '"}', nil, last)
    no = 0
    local thisMonth = y * 12 + m
    if thisMonth ~= month then
      -- The hash of this month still holds what it held four months ago.
      for old = math.max((month or thisMonth - 4) + 1, thisMonth - 3), thisMonth do
        redis.call('UNLINK', KEYS[5 + slot(old)])
        fresh[slot(old)] = {}
      end
      month = thisMonth
    end
    day = d
  end
  last = now
end

local function ownClock()
  local time = redis.call('TIME')
  loading = false
  advance(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

-- What is stored under each id of this call, from this month's hash and the last two.
local stored
local function fetchStored()
  stored = {}
  local ids, i = {}, 1
  for a = 1, count do
    ids[a] = fields[i + 1]
    i = i + 7 + tonumber(fields[i + 6]) * 2
    i = i + 1 + tonumber(fields[i]) * 2
  end
  for back = 2, 0, -1 do
    for a, value in ipairs(redis.call('HMGET', KEYS[5 + slot(month - back)], unpack(ids))) do
      if value then stored[ids[a]] = value end
    end
  end
end

local answer = { 0 }
local ticked = false
local i, nextPayload = 1, 1
for a = 1, count do
  local given, id, bodyHash, privateSubject, wrapped, ciphertext = fields[i], fields[i + 1], fields[i + 2], fields[i + 3], fields[i + 4], fields[i + 5]
  local expectations = tonumber(fields[i + 6])
  local e = i + 7
  i = e + expectations * 2
  local events = tonumber(fields[i])
  local v = i + 1
  i = v + events * 2
  local p = nextPayload
  nextPayload = p + events

  local refused
  if given == '' then
    if not ticked then ownClock() end
    ticked = true
  elseif seq == 0 or loading then
    loading = true
    advance(tonumber(given))
  else
    refused = 'l'
  end
  if not stored then fetchStored() end

  local verdict
  if stored[id] then
    local first, hash = string.match(stored[id], '^(%d+):(.*)$')
    verdict = (hash == bodyHash and 'd ' or 'r ') .. first
  else
    verdict = refused
  end
  if not verdict then
    for x = e, e + expectations * 2 - 1, 2 do
      local version = tonumber(redis.call('HGET', heads, fields[x]) or '0')
      if version ~= tonumber(fields[x + 1]) then
        verdict = 'c ' .. version .. ' ' .. fields[x]
        break
      end
    end
  end
  if not verdict then
    local first, firstNo = seq + 1, nil
    for x = v, v + events * 2 - 1, 2 do
      local number
      if fields[x + 1] == '1' then
        no = no + 1
        number = no
        firstNo = firstNo or no
      end
      add(payloads[p], number, last)
      p = p + 1
      if fields[x] ~= '' then redis.call('HSET', heads, fields[x], seq) end
    end
    local value = first .. ':' .. bodyHash
    local list = fresh[slot(month)]
    list[#list + 1], list[#list + 2] = id, value
    stored[id] = value
    if privateSubject ~= '' then
      redis.call('HSET', KEYS[4], privateSubject, ciphertext)
      redis.call('HSET', KEYS[5], privateSubject, wrapped)
    end
    verdict = string.format('s %d %d', first, last) .. (firstNo and ' ' .. firstNo or '')
  end
  answer[a + 1] = verdict
end
if count == 0 then ownClock() end

for s, list in ipairs(fresh) do
  if #list > 0 then redis.call('HSET', KEYS[5 + s], unpack(list)) end
end
if wasLoading and not loading then redis.call('HDEL', meta, 'loading') end
if loading and not wasLoading then redis.call('HSET', meta, 'loading', '1') end
if seq > before then
  redis.call('HSET', meta, 'epoch', known[1] or ARGV[3], 'seq', seq, 'recordedAt', last, 'day', day, 'no', no, 'month', month, 'mark', lastMark)
end
answer[1] = seq
return answer
