-- Posts the prepared bodies of the file named by BODIES, each once, and tells how many it sent.
local bodies, sent = {}, 0
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Host"] = os.getenv("HOST")
wrk.headers["X-AUTH-TOKEN"] = os.getenv("TOKEN")

function request()
    sent = sent + 1
    if sent > #bodies then error("out of prepared bodies: the run is too long for them") end
    return wrk.format(nil, nil, nil, bodies[sent])
end

function done(summary, latency, requests)
    io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
        + summary.errors.timeout))
end
