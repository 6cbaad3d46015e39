-- The same span added up in another way: copies are told apart by hand and not by FINAL, and nothing but customers is grouped.
--
-- until: the last places that count; tokens: a sum for each class; costs: the sum of the costs of classes.
SELECT
    customer_id,
    toString(countIf(is_call)) AS events,
    toString(countIf(is_call AND isNull(kept.cost))) AS unpriced_events,
    toString(sum(toInt128(kept.priced))) AS cost_pico,
    toString(sum(toUInt128(kept.requests))) AS requests,
    toString(sum(toUInt128(kept.searches))) AS web_searches,
    arrayMap(total -> toString(total), sumForEach(kept.tokens)) AS tokens
FROM
(
    SELECT
        customer_id,
        max(version) AS version,
        argMax(is_deleted, usage_rows.version) AS is_gone,
        any(log_partition) AS log_partition,
        argMax(
            CAST(
                (time, cost_pico, {{priced}}, requests, web_searches, {{tokens}}),
                'Tuple(time DateTime64(3, \'UTC\'), cost Nullable(Int64), priced Int128, requests UInt64, searches UInt64, tokens Array(UInt128))'
            ),
            usage_rows.version
        ) AS kept,
        kept.requests > 0 AS is_call
    FROM usage_rows
    WHERE customer_id IN {customer_ids:Array(String)}
      AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
      AND hour < toDateTime({to_hour:UInt32}, 'UTC')
    GROUP BY customer_id, hour, event_id
)
WHERE is_gone = 0
  AND kept.time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND kept.time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{until}}
GROUP BY customer_id
