-- The rows of a customer that were withdrawn since an instant, as they were. One that was kept and then not withdrawn, since a
-- process died between, is there still, and no row of these.
(
    SELECT * EXCEPT (withdrawn_at), hour
    FROM withdrawn_rows FINAL
    WHERE customer_id = {customer_id:String}
      AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
      AND hour < toDateTime({to_hour:UInt32}, 'UTC')
      AND withdrawn_at > fromUnixTimestamp64Milli({withdrawn_since_ms:Int64}, 'UTC')
      AND (hour, event_id) NOT IN
      (
          SELECT hour, event_id
          FROM usage_rows FINAL
          WHERE customer_id = {customer_id:String}
            AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
            AND hour < toDateTime({to_hour:UInt32}, 'UTC')
      )
)
