-- wrk: each request creates another user. What was measured goes to standard output as one line of JSON.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  run = args[1]
  count = 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  count = count + 1
  local id = run .. "-" .. number .. "-" .. count
  return wrk.format(nil, nil, nil, '{"name":"User ' .. id .. '","email":"user-' .. id .. '@example.com"}')
end

function done(summary, latency, requests)
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"failed":%d,"latencyP50":%.3f,"latencyP99":%.3f}\n',
    summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
