-- Sums of events, by bucket and group. A filter on columns outside the key is applied after copies have collapsed, as it
-- must be: the first copy counts, or none.
--
-- bucket: where each bucket starts, in milliseconds; groups: `expression AS g0, …`; names: `, g0, …`; hours: the hours of
-- the period to read, or all; conditions: the filters.
SELECT
    roundDown(toUnixTimestamp64Milli(time), {{bucket}}) AS bucket{{groups}},
    sum(toUInt128(usage_rows.input)) AS input,
    sum(toUInt128(usage_rows.cache_read)) AS cache_read,
    sum(toUInt128(usage_rows.cache_write_5m)) AS cache_write_5m,
    sum(toUInt128(usage_rows.cache_write_1h)) AS cache_write_1h,
    sum(toUInt128(usage_rows.cache_write_other)) AS cache_write_other,
    sum(toUInt128(usage_rows.cache_read_audio)) AS cache_read_audio,
    sum(toUInt128(usage_rows.input_audio)) AS input_audio,
    sum(toUInt128(usage_rows.input_image)) AS input_image,
    sum(toUInt128(usage_rows.input_video)) AS input_video,
    sum(toUInt128(usage_rows.tool_input)) AS tool_input,
    sum(toUInt128(usage_rows.output)) AS output,
    sum(toUInt128(usage_rows.reasoning)) AS reasoning,
    sum(toUInt128(usage_rows.output_audio)) AS output_audio,
    sum(toUInt128(usage_rows.output_image)) AS output_image,
    sum(toUInt128(usage_rows.requests)) AS requests,
    sum(toUInt128(usage_rows.web_searches)) AS web_searches,
    toUInt64(count()) AS events,
    -- Picounits over the priced events.
    sum(toInt128(ifNull(usage_rows.cost_pico, 0))) AS cost_pico,
    -- Of the priced events; they differ where there are several.
    minIf(usage_rows.currency, isNotNull(usage_rows.cost_pico)) AS first_currency,
    maxIf(usage_rows.currency, isNotNull(usage_rows.cost_pico)) AS last_currency,
    toUInt64(countIf(isNull(usage_rows.cost_pico))) AS unpriced_events
FROM usage_rows FINAL
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  {{hours}}
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{conditions}}
GROUP BY bucket{{names}}
