-- Customers with hours that were marked as changed since an instant of the server's clock: of hours before another one.
SELECT customer_id
FROM hour_changes
WHERE changed_at > fromUnixTimestamp64Milli({since_ms:Int64})
  AND hour < fromUnixTimestamp64Milli({hours_before_ms:Int64})
  AND customer_id > {after:String}
GROUP BY customer_id
ORDER BY customer_id
LIMIT {limit:UInt32}
