-- What was used of some limits of one owner: one row, a number for each limit and window. Only rows at or before the places
-- given for their partitions count, so that the answer is of one instant of the log.
--
-- sums: `sumIf(quantity, condition) AS uN, …`; customers: the filter by customer, if any.
SELECT {{sums}}
FROM usage_rows FINAL
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  {{until}}
  {{customers}}
