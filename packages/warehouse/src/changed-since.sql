-- Hours of customers that were marked as changed since an instant of the server's clock.
--
-- customer_ids, since_ms: an instant for each customer.
SELECT
    customer_id,
    groupArray(hour_seconds) AS hours
FROM
(
    SELECT customer_id, toUnixTimestamp(hour) AS hour_seconds
    FROM hour_changes
    WHERE customer_id IN {customer_ids:Array(String)}
    GROUP BY customer_id, hour
    HAVING max(changed_at) > fromUnixTimestamp64Milli(
        transform(toString(customer_id), {customer_ids:Array(String)}, {since_ms:Array(Int64)}, toInt64(0))
    )
    ORDER BY customer_id, hour
)
GROUP BY customer_id
