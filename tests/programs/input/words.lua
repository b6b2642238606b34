-- words.lua -- strings, tables, closures and coroutines of mixed sizes, most of them short-lived.
-- Prints only what does not depend on addresses or on the order of pairs().

local seed = 20240229
local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % n
end

local function word()
    local letters = {}
    for i = 1, 2 + random(9) do
        letters[i] = string.char(97 + random(26))
    end
    return table.concat(letters)
end

local function checksum(text, sum)
    sum = sum or 0
    for i = 1, #text, 7 do
        sum = (sum * 31 + text:byte(i)) % 4294967291
    end
    return sum
end

-- A dictionary that grows (realloc), is sorted and is joined to one long string.
local count, words = {}, {}
for _ = 1, 120000 do
    local w = word()
    if not count[w] then
        count[w] = 0
        words[#words + 1] = w
    end
    count[w] = count[w] + 1
end
table.sort(words, function(a, b)
    if count[a] ~= count[b] then return count[a] > count[b] end
    return a < b
end)
local text = table.concat(words, " ")
print("dictionary", #words, words[1], words[#words], #text, checksum(text))

-- Search and replace: each step makes another long string.
for _, pattern in ipairs { "(%a)(%a)", "[aeiou]+", "%s%s?", "(%w+) (%w+)" } do
    local changed, times = text:gsub(pattern, "%0-")
    print("gsub", pattern, times, #changed, checksum(changed))
end

-- A queue of records that holds at most 2,000 and hands out the oldest: blocks of every size
-- die in the order of birth.
local queue, first, last, total = {}, 1, 0, 0
for i = 1, 150000 do
    last = last + 1
    queue[last] = { id = i, name = words[1 + random(#words)]:rep(1 + random(12)), list = { i, i + 1 } }
    if last - first >= 2000 then
        local record = queue[first]
        queue[first] = nil
        first = first + 1
        total = (total + #record.name * record.list[2]) % 4294967291
    end
end
print("queue", last - first + 1, total)

-- Binary trees, built and dropped.
local function tree(depth)
    if depth == 0 then return {} end
    return { tree(depth - 1), tree(depth - 1) }
end
local function leaves(t)
    if not t[1] then return 1 end
    return leaves(t[1]) + leaves(t[2])
end
for depth = 6, 14, 2 do
    local sum = 0
    for _ = 1, 2 ^ (14 - depth) do
        sum = sum + leaves(tree(depth))
    end
    print("trees", depth, sum)
end

-- Coroutines: stacks that grow while others are dropped half-way.
local finished = 0
for i = 1, 3000 do
    local function descend(n)
        if n == 0 then coroutine.yield(i) end
        return n == 0 and 0 or 1 + descend(n - 1)
    end
    local thread = coroutine.wrap(function() return descend(i % 150) end)
    thread()
    if i % 3 == 0 then finished = finished + thread() end
end
print("coroutines", finished)

-- Arrays that grow one element at a time, many at once, and a matrix product.
local columns = {}
for i = 1, 200 do columns[i] = {} end
for row = 1, 1500 do
    for i = 1, 200 do columns[i][row] = (row * i) % 97 + 0.5 end
end
local sum = 0
for i = 1, 200 do
    for row = 1, 1500 do sum = sum + columns[i][row] * columns[201 - i][1501 - row] end
end
print("matrix", string.format("%.2f", sum))
collectgarbage()
print("done")
