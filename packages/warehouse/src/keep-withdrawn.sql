-- Keeps rows as they are, before they are withdrawn. What is kept twice is one row.
INSERT INTO withdrawn_rows
SELECT *, now64(3) AS withdrawn_at
FROM usage_rows FINAL
WHERE customer_id IN {customers:Array(String)}
  AND hour IN (SELECT toDateTime(arrayJoin({hours:Array(UInt32)}), 'UTC'))
  AND (customer_id, toUnixTimestamp(hour), event_id) IN
  (
      SELECT arrayJoin(arrayZip({customers:Array(String)}, {hours:Array(UInt32)}, {events:Array(String)}))
  )
