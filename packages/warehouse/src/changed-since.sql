-- Hours of a customer that were marked as changed since an instant of the server's clock.
SELECT toUnixTimestamp(hour) AS hour_seconds
FROM hour_changes
WHERE customer_id = {customer_id:String}
GROUP BY hour
HAVING max(changed_at) > fromUnixTimestamp64Milli({since_ms:Int64})
ORDER BY hour
