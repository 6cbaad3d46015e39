-- Hours of customers that are over, have changed since they were last summed, and have been quiet since.
--
-- marked_from_ms: marks up to then are dealt with; now_ms: the server's clock.
SELECT
    customer_id,
    toUnixTimestamp(hour) AS hour_seconds
FROM
(
    SELECT customer_id, hour, max(changed_at) AS last_changed_at
    FROM hour_changes
    -- Marks since the last pass, and hours that were not over then.
    WHERE changed_at > fromUnixTimestamp64Milli({marked_from_ms:Int64})
       OR hour > fromUnixTimestamp64Milli({marked_from_ms:Int64}) - INTERVAL 2 HOUR
    GROUP BY customer_id, hour
) AS changes
LEFT JOIN
(
    SELECT customer_id, hour, max(computed_at) AS last_computed_at
    FROM usage_hours
    GROUP BY customer_id, hour
) AS sums USING (customer_id, hour)
WHERE last_changed_at + toIntervalSecond({settled_after_seconds:UInt32}) > last_computed_at
  AND last_changed_at + toIntervalSecond({settled_after_seconds:UInt32}) <= fromUnixTimestamp64Milli({now_ms:Int64})
  AND hour + INTERVAL 1 HOUR <= fromUnixTimestamp64Milli({now_ms:Int64})
ORDER BY hour DESC, customer_id
LIMIT {limit:UInt32}
