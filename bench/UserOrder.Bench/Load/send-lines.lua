-- The lines of a file as requests, one after the other and again from the first. A line is a path and, after a tab, a body of JSON.
-- Arguments: the method, the file.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "print-result.lua")

local requests = {}
local count = 0

function init(arguments)
  for line in io.lines(arguments[2]) do
    local path, body = line:match("^(%S+)\t?(.*)$")
    local head = arguments[1] .. " " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\n"
    if #body > 0 then
      head = head .. "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\n"
    end
    requests[#requests + 1] = head .. "\r\n" .. body
  end
end

function request()
  count = count + 1
  return requests[(count - 1) % #requests + 1]
end
