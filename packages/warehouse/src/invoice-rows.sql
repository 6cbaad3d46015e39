-- A page of the usage rows of a span, in the order of their key. What a re-rate changed of a row stands in `rated_rows`.
--
-- columns: all that a usage row is read back from; rows: those that are there, or that were withdrawn; until: the last places that count.
SELECT
    *,
    toUnixTimestamp(hour) AS hour_seconds
FROM
(
    SELECT
        hour,
        {{columns}}
    FROM {{rows}}
    WHERE customer_id = {customer_id:String}
      AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
      AND hour < toDateTime({to_hour:UInt32}, 'UTC')
      AND (hour, event_id) > (toDateTime({after_hour:UInt32}, 'UTC'), {after_event:String})
      AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
      AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{until}}
    ORDER BY hour, event_id
    LIMIT {limit:UInt32}
) AS page
LEFT JOIN
(
    -- Of the re-rates that are asked about, those that gave the row another cost. Of several that rated the same revision of
    -- it the first one did: the others found it changed, and left it alone.
    SELECT customer_id, hour, event_id, groupArray(applied) AS rerates
    FROM
    (
        SELECT
            customer_id,
            hour,
            event_id,
            version,
            argMin(rerate_id, indexOf({rerates:Array(String)}, rerate_id)) AS applied
        FROM rated_rows FINAL
        WHERE rerate_id IN {rerates:Array(String)} AND customer_id = {customer_id:String} AND outcome = 'changed'
        GROUP BY customer_id, hour, event_id, version
    )
    GROUP BY customer_id, hour, event_id
) AS changes USING (customer_id, hour, event_id)
ORDER BY hour, event_id
