-- Posts the prepared bodies of the file named by BODIES, each once, and tells how many it sent. With PROXIED they come
-- with the headers that a client and a proxy add.
local requests, sent = {}, 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Host"] = os.getenv("HOST")
wrk.headers["X-AUTH-TOKEN"] = os.getenv("TOKEN")

-- All is written before the run begins, so that the load costs the server's cores as little as may be.
function init()
    for line in io.lines(os.getenv("BODIES")) do
        local n = #requests + 1
        if os.getenv("PROXIED") then
            wrk.headers["X-Forwarded-For"] = string.format("100.99.%d.%d", math.floor(n / 256) % 256, n % 256)
            wrk.headers["User-Agent"] = "curl/8.5.0"
        end
        requests[n] = wrk.format(nil, nil, nil, line)
    end
end

function request()
    sent = sent + 1
    if sent > #requests then error("out of prepared bodies: the run is too long for them") end
    return requests[sent]
end

function done(summary, latency, requests)
    io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
        + summary.errors.timeout))
end
