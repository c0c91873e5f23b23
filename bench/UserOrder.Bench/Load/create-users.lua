-- One POST a request, each with an email that no other has. Arguments: a prefix of the emails, the request's path.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "print-result.lua")

local head, prefix
local count = 0

function init(arguments)
  prefix = arguments[1]
  local body = string.format('{"name":"Ada Lovelace","email":"%s%09d@example.com"}', prefix, 0)
  head = table.concat({
    "POST " .. arguments[2] .. " HTTP/1.1",
    "Host: " .. wrk.host .. ":" .. wrk.port,
    "Content-Type: application/json",
    "Content-Length: " .. #body,
    "",
    "",
  }, "\r\n")
end

function request()
  count = count + 1
  return string.format('%s{"name":"Ada Lovelace","email":"%s%09d@example.com"}', head, prefix, count)
end
