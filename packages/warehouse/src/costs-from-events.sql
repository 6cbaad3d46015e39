-- Costs of events, by bucket and group. Placeholders as in usage-from-events.sql.
SELECT
    roundDown(toUnixTimestamp64Milli(time), {{bucket}}) AS bucket{{groups}},
    toUInt64(count()) AS events,
    -- Picounits over the priced events, all three; the second by place in COST_CLASSES of the domain.
    sum(toInt128(ifNull(usage_rows.cost_pico, 0))) AS cost_pico,
    sumForEach(CAST(usage_rows.class_costs, 'Array(Int128)')) AS class_costs,
    sum(toInt128(usage_rows.cache_savings_pico)) AS cache_savings_pico,
    toUInt64(countIf(isNull(usage_rows.cost_pico))) AS unpriced_events
FROM usage_rows FINAL
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  {{hours}}
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{conditions}}
GROUP BY bucket{{names}}
