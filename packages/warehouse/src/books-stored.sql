-- Events that count in a period, from the events themselves: independent of what the receipts say.
--
-- owner: the customer, or nothing where all are asked for together; customers: the filter by customer, if any; eventsHorizon: leaves out what lies beyond a place of the log, if asked.
SELECT {{owner}} AS owner, count() AS stored
FROM usage_rows FINAL
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{customers}}
  {{eventsHorizon}}
GROUP BY owner
