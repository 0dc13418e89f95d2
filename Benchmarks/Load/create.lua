-- POST of users whose names never repeat.
local template = os.getenv("BENCH_BODY")
local path = os.getenv("BENCH_PREFIX")
local run = os.getenv("BENCH_RUN")
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
local counter = 0
function request()
  counter = counter + 1
  local name = run .. "-" .. number .. "-" .. counter
  return wrk.format("POST", path, nil, (template:gsub("NAME", name)))
end
