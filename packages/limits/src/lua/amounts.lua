-- Whole numbers of any length, from nothing upwards: Lua's own are exact to 2^53 only, and a budget in picounits is soon
-- past that. An amount is a list of digits to the base of ten million, the lowest first; on the wire it is decimal text.

local BASE = 10000000
local DIGITS = 7

local function parse(text)
  local amount = {}
  for last = #text, 1, -DIGITS do
    amount[#amount + 1] = tonumber(string.sub(text, math.max(1, last - DIGITS + 1), last))
  end
  return amount
end

local function format(amount)
  local highest = #amount
  while highest > 1 and amount[highest] == 0 do
    highest = highest - 1
  end
  if highest == 0 then
    return '0'
  end
  local digits = { string.format('%d', amount[highest]) }
  for place = highest - 1, 1, -1 do
    digits[#digits + 1] = string.format('%07d', amount[place])
  end
  return table.concat(digits)
end

-- Below, at or above zero as the first is less than, equal to or more than the second.
local function compare(first, second)
  for place = math.max(#first, #second), 1, -1 do
    local difference = (first[place] or 0) - (second[place] or 0)
    if difference ~= 0 then
      return difference
    end
  end
  return 0
end

local function add(first, second)
  local sum = {}
  local carry = 0
  for place = 1, math.max(#first, #second) do
    local digit = (first[place] or 0) + (second[place] or 0) + carry
    carry = digit >= BASE and 1 or 0
    sum[place] = digit - carry * BASE
  end
  if carry > 0 then
    sum[#sum + 1] = carry
  end
  return sum
end

-- Nothing is less than zero.
local function subtract(first, second)
  if compare(first, second) <= 0 then
    return {}
  end
  local rest = {}
  local borrow = 0
  for place = 1, #first do
    local digit = first[place] - (second[place] or 0) - borrow
    borrow = digit < 0 and 1 or 0
    rest[place] = digit + borrow * BASE
  end
  return rest
end

-- By a factor of up to 800 million: a digit times that, and what is carried, stays below 2^53.
local function multiply(amount, factor)
  local product = {}
  local carry = 0
  for place = 1, #amount do
    local digit = amount[place] * factor + carry
    carry = math.floor(digit / BASE)
    product[place] = digit - carry * BASE
  end
  while carry > 0 do
    product[#product + 1] = carry % BASE
    carry = math.floor(carry / BASE)
  end
  return product
end

-- Whole times that a divisor of up to 800 million fits in.
local function divide(amount, divisor)
  local quotient = {}
  local rest = 0
  for place = #amount, 1, -1 do
    local digit = rest * BASE + amount[place]
    quotient[place] = math.floor(digit / divisor)
    rest = digit - quotient[place] * divisor
  end
  return quotient
end

local ZERO = {}
