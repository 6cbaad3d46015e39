-- The key of the row so many rows further on, copies and tombstones included; none when there are fewer. Read in the order of
-- the key, so that nothing but the window is looked at.
--
-- customers: the filter by customer, if any; after_…: the key of the last row that is dealt with.
SELECT
    customer_id,
    toUnixTimestamp(hour) AS hour_seconds,
    event_id
FROM usage_rows
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  AND customer_id >= {after_customer:String}
  AND (customer_id > {after_customer:String} OR hour >= toDateTime({after_hour:UInt32}, 'UTC'))
  AND (customer_id, hour, event_id) > ({after_customer:String}, toDateTime({after_hour:UInt32}, 'UTC'), {after_event:String})
  {{customers}}
ORDER BY customer_id, hour, event_id
LIMIT 1 OFFSET {window:UInt32}
