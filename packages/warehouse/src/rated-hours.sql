-- Hours of customers in which a re-rate changes rows, in order, from the one after the last that is dealt with.
SELECT
    customer_id,
    toUnixTimestamp(hour) AS hour_seconds,
    toUInt32(count()) AS rows
FROM rated_rows FINAL
WHERE rerate_id = {rerate_id:String}
  AND customer_id >= {after_customer:String}
  AND (customer_id, hour) > ({after_customer:String}, toDateTime({after_hour:UInt32}, 'UTC'))
  AND outcome = 'changed'
GROUP BY customer_id, hour
ORDER BY customer_id, hour
LIMIT {limit:UInt32}
