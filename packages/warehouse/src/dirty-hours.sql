-- The hours of a period whose sums cannot be trusted: they have none, or changed later than they were summed.
--
-- customers: the filter by customer, if any.
SELECT DISTINCT toUnixTimestamp(hour) AS hour_seconds
FROM
(
    SELECT customer_id, hour, changed_at, toDateTime64(0, 3, 'UTC') AS computed_at
    FROM hour_changes
    WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC') AND hour < toDateTime({to_hour:UInt32}, 'UTC') {{customers}}
    UNION ALL
    SELECT customer_id, hour, toDateTime64(0, 3, 'UTC') AS changed_at, computed_at
    FROM usage_hours
    WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC') AND hour < toDateTime({to_hour:UInt32}, 'UTC') {{customers}}
)
GROUP BY customer_id, hour
HAVING max(changed_at) + toIntervalSecond({settled_after_seconds:UInt32}) > max(computed_at)
ORDER BY hour_seconds
