-- Prepared calls, each sent once: lines of "path TAB token TAB body" from the file named by the first argument.
-- Prints what bench/wrk.py reads once all but the last few (one for each connection) have been answered.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long sec; long nsec; } bench_time; int clock_gettime(int clock, bench_time *now); ]]
local moment = ffi.new("bench_time")

local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.sec) + tonumber(moment.nsec) / 1e9
end

local calls, sent, answered, bad, first_bad, begun, wanted = {}, 0, 0, 0, "", nil, 0
local checked = false

function init(args)
  local connections = tonumber(args[2])
  for line in io.lines(args[1]) do
    local path, token, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    calls[#calls + 1] = wrk.format("POST", path, {
      ["Host"] = wrk.host .. ":" .. wrk.port,
      ["Authorization"] = "Bearer " .. token,
      ["Content-Type"] = "application/json",
    }, body)
  end
  wanted = #calls - connections
end

function request()
  if not checked then -- wrk looks at one call before it starts; it is not sent
    checked = true
    return calls[1]
  end
  begun = begun or now()
  sent = sent + 1
  return calls[math.min(sent, #calls)]
end

function response(status, headers, body)
  answered = answered + 1
  if status >= 300 then
    bad = bad + 1
    if first_bad == "" then first_bad = status .. " " .. body:gsub("[%c\"\\]", " ") end
  end
  if answered == wanted then
    io.write(string.format('RESULT {"requests":%d,"seconds":%.6f,"bad":%d,"failed":0,"first_bad":"%s"}\n',
      answered, now() - begun, bad, first_bad:sub(1, 300)))
    io.flush()
    wrk.thread:stop()
  end
end
