-- The same GET again and again.
local path = os.getenv("BENCH_PREFIX")
function request() return wrk.format("GET", path) end
