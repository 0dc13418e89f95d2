-- GET of one key after the other: BENCH_KEYS names a file with one key a line; prefix and suffix stand around it.
local keys = {}
for line in io.lines(os.getenv("BENCH_KEYS")) do keys[#keys + 1] = line end
local prefix = os.getenv("BENCH_PREFIX")
local suffix = os.getenv("BENCH_SUFFIX")
local counter = 0
function init(args) math.randomseed(os.time()); counter = math.random(#keys) end
function request()
  counter = counter % #keys + 1
  return wrk.format("GET", prefix .. keys[counter] .. suffix)
end
