-- The events of a span, a line each, in the order of their key. Columns that come from senders are made safe for
-- spreadsheets where the file is text.
--
-- columns: `expression AS name` of those; until: the last places that count; uses: what of the events is billed.
SELECT
    time,
    {{columns}},
    input,
    cache_read,
    cache_write_5m,
    cache_write_1h,
    cache_write_other,
    cache_read_audio,
    input_audio,
    input_image,
    input_video,
    tool_input,
    output,
    reasoning,
    output_audio,
    output_image,
    requests,
    web_searches,
    provenance,
    currency,
    -- In units of the currency, exact to twelve digits after the point; null while there is no price.
    toDecimal128(cost_pico, 12) / toInt64(1000000000000) AS cost,
    arrayStringConcat(price_ids, ' ') AS prices
FROM usage_rows FINAL
WHERE customer_id = {customer_id:String}
  AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{until}}
  {{uses}}
ORDER BY hour, event_id
