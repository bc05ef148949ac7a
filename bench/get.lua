-- Gets the prepared paths of the file named by BODIES below ROOT, each once and as another visitor behind a proxy, and
-- tells how many it sent.
local requests, sent = {}, 0
local root, run = os.getenv("ROOT"), tonumber(os.getenv("RUN")) * 10

wrk.headers["Host"] = os.getenv("HOST")

-- All is written before the run begins, so that the load costs the server's cores as little as may be.
function init()
    local n = 0
    for line in io.lines(os.getenv("BODIES")) do
        n = n + 1
        wrk.headers["X-Forwarded-For"] = string.format(
            "100.%d.%d.%d", run + math.floor(n / 65536), math.floor(n / 256) % 256, n % 256)
        wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/" .. n % 200
        requests[n] = wrk.format("GET", root .. line)
    end
end

function request()
    sent = sent + 1
    if sent > #requests then error("out of prepared paths: the run is too long for them") end
    return requests[sent]
end

function done(summary, latency, requests)
    io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
        + summary.errors.timeout))
end
