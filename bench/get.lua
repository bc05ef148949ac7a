-- Gets the prepared paths of the file named by BODIES below ROOT, each once and as another visitor, and tells how many
-- it sent.
local paths, sent, run = {}, 0, tonumber(os.getenv("RUN")) * 10
for line in io.lines(os.getenv("BODIES")) do paths[#paths + 1] = os.getenv("ROOT") .. line end

wrk.headers["Host"] = os.getenv("HOST")

function request()
    sent = sent + 1
    if sent > #paths then error("out of prepared paths: the run is too long for them") end
    wrk.headers["X-Forwarded-For"] = string.format("100.%d.%d.%d", run + math.floor(sent / 65536), math.floor(sent / 256) % 256, sent % 256)
    wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/" .. sent % 200
    return wrk.format("GET", paths[sent])
end

function done(summary, latency, requests)
    io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
        + summary.errors.timeout))
end
