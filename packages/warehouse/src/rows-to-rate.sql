-- A page of usage rows in the order of their key, with what their cost is made from and what it is.
--
-- conditions: the filters; after_…: the key of the last row of the page before; until_…: the last key that is looked at. The
-- conditions on parts of the keys say nothing more than those on the whole, but they are what ClickHouse looks up in the
-- index.
SELECT
    customer_id,
    toUnixTimestamp(hour) AS hour_seconds,
    event_id,
    toString(version) AS version_text,
    -- Milliseconds.
    toUnixTimestamp64Milli(time) AS time_ms,
    provider,
    model,
    service_tier,
    region,
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
    currency,
    cost_pico,
    class_costs,
    cache_savings_pico,
    price_ids,
    unpriced_reason
FROM usage_rows FINAL
WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  AND customer_id >= {after_customer:String}
  AND (customer_id > {after_customer:String} OR hour >= toDateTime({after_hour:UInt32}, 'UTC'))
  AND (customer_id, hour, event_id) > ({after_customer:String}, toDateTime({after_hour:UInt32}, 'UTC'), {after_event:String})
  AND customer_id <= {until_customer:String}
  AND (customer_id < {until_customer:String} OR hour <= toDateTime({until_hour:UInt32}, 'UTC'))
  AND (customer_id, hour, event_id) <= ({until_customer:String}, toDateTime({until_hour:UInt32}, 'UTC'), {until_event:String})
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{conditions}}
ORDER BY customer_id, hour, event_id
LIMIT {limit:UInt32}
