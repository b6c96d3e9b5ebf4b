"""The steps of a ledger in Redis, each a script: nothing else runs on the server meanwhile.

Money is in billionths and is added by HINCRBY, whole and exact. Lua counts exactly to 2^53 billionths, some
nine million dollars: it only compares with bounds, and those above that are refused when settings are read.

Keys, all below ``pincite:{TENANT}:ledger:``

    sums:OWNER:SPAN:WINDOW   hash: sn, st, hn, ht (spent and held, billionths and tokens) of each name
    request:ID               hash: what the calls of one request came to
    call:ID                  hash: a call that goes on, or that nobody settled
    open, lost               sorted sets of calls: by the end of their time, by when they were given up
"""

from __future__ import annotations

BEGINNING = """
local P = KEYS[1]
local a = cjson.decode(ARGV[1])

local function moment()
  if a.now then return tonumber(a.now) end
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- The caller says which days there are about now: a calendar needs no second author in Lua.
local function windows(now)
  for _, one in ipairs(a.days) do
    if now >= tonumber(one.from) and now < tonumber(one.to) then return one.day, one.month end
  end
end

local function minus(amount)
  if string.sub(amount, 1, 1) == '-' then return string.sub(amount, 2) end
  return '-' .. amount
end

local function keep(key, seconds)
  if redis.call('TTL', key) < 0 then redis.call('EXPIRE', key, seconds) end
end

local function add(key, field, amount)
  if tonumber(amount) ~= 0 then redis.call('HINCRBY', key, field, amount) end
end

-- amounts: spent and held, in billionths and tokens; each a list of whole numbers as text
local function book(call, amounts)
  local owners = {{'user', call.user}, {'key', call.key}, {'tenant', call.tenant}}
  for _, owner in ipairs(owners) do
    if not (owner[1] == 'key' and owner[2] == '') then
      for _, span in ipairs({{'day', call.day, a.keep_day}, {'month', call.month, a.keep_month}}) do
        local key = P .. 'sums:' .. owner[1] .. ':' .. span[1] .. ':' .. span[2]
        redis.call('HINCRBY', key, 'sn:' .. owner[2], 0)
        for field, list in pairs(amounts) do
          for _, amount in ipairs(list) do add(key, field .. ':' .. owner[2], amount) end
        end
        keep(key, span[3])
      end
    end
  end
  local key = P .. 'request:' .. call.request
  for field, list in pairs(amounts) do
    for _, amount in ipairs(list) do add(key, field, amount) end
  end
  redis.call('EXPIRE', key, a.keep_call)
end

local FIELDS = {'state', 'request', 'user', 'key', 'tenant', 'day', 'month', 'nano', 'tokens'}
local function read(id)
  local found = redis.call('HMGET', P .. 'call:' .. id, unpack(FIELDS))
  if not found[1] then return nil end
  local call = {}
  for n, field in ipairs(FIELDS) do call[field] = found[n] end
  return call
end

local function charge_expired(now)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'open', '-inf', now)) do
    local call = read(id)
    if call then
      book(call, {sn = {call.nano}, st = {call.tokens}, hn = {minus(call.nano)}, ht = {minus(call.tokens)}})
      redis.call('HSET', P .. 'call:' .. id, 'state', 'expired')
      redis.call('EXPIRE', P .. 'call:' .. id, a.keep_call)
      redis.call('ZADD', P .. 'lost', now, id)
      redis.call('EXPIRE', P .. 'lost', a.keep_call)
    end
    redis.call('ZREM', P .. 'open', id)
  end
  redis.call('ZREMRANGEBYSCORE', P .. 'lost', '-inf', now - a.keep_call * 1000)
end
"""

RESERVE = (
    BEGINNING
    + """
if redis.call('EXISTS', P .. 'call:' .. a.id) == 1 then return {'held'} end
local now = moment()
local day, month = windows(now)
if not day then return {'clock'} end
charge_expired(now)

local function lacks(bound, spent, held, need)
  return bound and tonumber(spent or 0) + tonumber(held or 0) + tonumber(need) > tonumber(bound)
end

local call = {request = a.request, user = a.user, key = a.key, tenant = a.tenant, day = day, month = month}
local over = false
local requested = P .. 'request:' .. a.request
local asked = redis.call('HMGET', requested, 'calls', 'rn', 'rt', 'hn', 'ht', 'sn', 'st', 'over')
if lacks(a.request_nano, asked[6], asked[4], a.nano) or lacks(a.request_tokens, asked[7], asked[5], a.tokens)
then over = true end
local sums = {}
for _, bound in ipairs(a.bounds) do
  local who = call[bound.of]
  local window = bound.per == 'day' and day or month
  local key = P .. 'sums:' .. bound.of .. ':' .. bound.per .. ':' .. window
  local one = redis.call('HMGET', key, 'sn:' .. who, 'st:' .. who, 'hn:' .. who, 'ht:' .. who)
  if lacks(bound.nano, one[1], one[3], a.nano) or lacks(bound.tokens, one[2], one[4], a.tokens)
  then over = true end
  sums[#sums + 1] = one
end
if over and not a.shadow then return {'refused', string.format('%.0f', now), day, month, asked, sums} end

local key = P .. 'call:' .. a.id
redis.call('HSET', key, 'state', 'open', 'request', a.request, 'user', a.user, 'key', a.key,
  'tenant', a.tenant, 'day', day, 'month', month, 'nano', a.nano, 'tokens', a.tokens)
redis.call('EXPIRE', key, a.keep_month)
redis.call('ZADD', P .. 'open', now + a.ms, a.id)
redis.call('EXPIRE', P .. 'open', a.keep_month)
redis.call('HINCRBY', requested, 'calls', 1)
redis.call('HINCRBY', requested, 'rn', a.nano)
redis.call('HINCRBY', requested, 'rt', a.tokens)
if over then redis.call('HINCRBY', requested, 'over', 1) end
book(call, {hn = {a.nano}, ht = {a.tokens}})
return {'held'}
"""
)

END = (
    BEGINNING
    + """
local call = read(a.id)
if not call then return {'gone'} end
local nano, tokens = a.nano or call.nano, a.tokens or call.tokens
if call.state == 'open' then
  book(call, {sn = {nano}, st = {tokens}, hn = {minus(call.nano)}, ht = {minus(call.tokens)}})
else
  book(call, {sn = {nano, minus(call.nano)}, st = {tokens, minus(call.tokens)}})
end
redis.call('DEL', P .. 'call:' .. a.id)
redis.call('ZREM', P .. 'open', a.id)
redis.call('ZREM', P .. 'lost', a.id)
return {'ended'}
"""
)

PAYS = (
    BEGINNING
    + """
for n = 2, #KEYS do
  if redis.call('HEXISTS', KEYS[n], 'sn:' .. a.user) == 1 then return 1 end
end
for _, set in ipairs({'open', 'lost'}) do
  for _, id in ipairs(redis.call('ZRANGE', P .. set, 0, -1)) do
    if redis.call('HGET', P .. 'call:' .. id, 'user') == a.user then return 1 end
  end
end
return 0
"""
)

FORGET = (
    BEGINNING
    + """
local count = 0
for n = 2, #KEYS do
  if redis.call('HEXISTS', KEYS[n], 'sn:' .. a.user) == 1 then
    count = count + 1
    for _, field in ipairs({'sn', 'st', 'hn', 'ht'}) do
      local amount = redis.call('HGET', KEYS[n], field .. ':' .. a.user)
      if amount then
        redis.call('HINCRBY', KEYS[n], field .. ':', amount)
        redis.call('HDEL', KEYS[n], field .. ':' .. a.user)
      end
    end
  end
end
for _, set in ipairs({'open', 'lost'}) do
  for _, id in ipairs(redis.call('ZRANGE', P .. set, 0, -1)) do
    local key = P .. 'call:' .. id
    if redis.call('HGET', key, 'user') == a.user then
      redis.call('HSET', key, 'user', '')
      count = count + 1
    end
  end
end
return count
"""
)
