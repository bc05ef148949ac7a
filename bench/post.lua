-- Posts the prepared bodies of the file named by BODIES, each once, and tells how many it sent.
local requests, sent = {}, 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Host"] = os.getenv("HOST")
wrk.headers["X-AUTH-TOKEN"] = os.getenv("TOKEN")

-- All is written before the run begins, so that the load costs the server's cores as little as may be.
function init()
    for line in io.lines(os.getenv("BODIES")) do
        requests[#requests + 1] = wrk.format(nil, nil, nil, line)
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
