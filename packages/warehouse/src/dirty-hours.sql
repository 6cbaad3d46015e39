-- The hours of a period whose sums cannot be trusted: they have none, or changed later than they were summed.
--
-- customers: the filter by customer, if any.
SELECT DISTINCT toUnixTimestamp(hour) AS hour_seconds
FROM
(
    SELECT customer_id, hour, max(changed_at) AS last_changed_at
    FROM hour_changes
    WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC') AND hour < toDateTime({to_hour:UInt32}, 'UTC') {{customers}}
    GROUP BY customer_id, hour
) AS changes
LEFT JOIN
(
    SELECT customer_id, hour, max(computed_at) AS last_computed_at
    FROM usage_hours
    WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC') AND hour < toDateTime({to_hour:UInt32}, 'UTC') {{customers}}
    GROUP BY customer_id, hour
) AS sums USING (customer_id, hour)
WHERE last_changed_at + toIntervalSecond({settled_after_seconds:UInt32}) > last_computed_at
ORDER BY hour_seconds
