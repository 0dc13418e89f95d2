-- PATCH active of one user after the other, false in one pass over all and true in the next, so that every request changes
-- something. A round goes on where the one before it ended. Each thread has users of its own.
local keys = {}
for line in io.lines(os.getenv("BENCH_KEYS")) do keys[#keys + 1] = line end
local prefix = os.getenv("BENCH_PREFIX")
local counter = tonumber(os.getenv("BENCH_START"))
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
function request()
  local share = math.floor(#keys / 2)
  local key = keys[(counter % share) * 2 + number]
  local value = math.floor(counter / share) % 2 == 0 and "false" or "true"
  counter = counter + 1
  return wrk.format("PATCH", prefix .. key, nil,
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":' .. value .. '}]}')
end
