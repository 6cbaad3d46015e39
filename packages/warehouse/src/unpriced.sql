-- Events of a period without a cost, by what a price would have to name. The largest groups first.
--
-- customers: the filter by customer, if any.
SELECT
    provider,
    model,
    service_tier,
    region,
    -- A code; empty in rows from before prices.
    unpriced_reason,
    currency,
    toUInt64(count()) AS events,
    toString(sum(toUInt128(input) + cache_read + cache_write_5m + cache_write_1h + cache_write_other + cache_read_audio
        + input_audio + input_image + input_video + tool_input + output + reasoning + output_audio + output_image)) AS tokens,
    toUInt64(uniqExact(customer_id)) AS customers,
    -- Milliseconds, both.
    toUnixTimestamp64Milli(min(time)) AS first_ms,
    toUnixTimestamp64Milli(max(time)) AS last_ms
FROM usage_rows FINAL
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  AND isNull(cost_pico)
  {{customers}}
GROUP BY provider, model, service_tier, region, unpriced_reason, currency
ORDER BY events DESC, provider, model, service_tier, region, unpriced_reason, currency
LIMIT {limit:UInt32}
