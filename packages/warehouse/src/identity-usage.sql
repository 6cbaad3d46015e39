-- What counts of the events that are named by customer and hash, in parallel arrays; the hashes as text. The receipts tell
-- the hours to look in.
SELECT
    customer_id,
    event_id,
    -- Holds the place in the log; see version.ts.
    toString(version) AS version_text,
    log_partition,
    -- Milliseconds, both.
    toUnixTimestamp64Milli(time) AS time_ms,
    toUnixTimestamp64Milli(received_at) AS received_ms,
    content_hash,
    project_id,
    key_id,
    type,
    provider,
    model,
    service_tier,
    status,
    is_stream,
    latency_ms,
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
    rule,
    text_input_tokens,
    text_output_tokens,
    region,
    currency,
    cost_pico,
    class_costs,
    cache_savings_pico,
    price_ids,
    unpriced_reason,
    flags,
    reservation,
    metadata,
    reported_usage,
    data
FROM usage_rows FINAL
WHERE (customer_id, hour, event_id) IN
(
    SELECT customer_id, toStartOfHour(time), event_id
    FROM receipts
    WHERE outcome = 'countable' AND (customer_id, id_hash) IN
    (
        SELECT pair.1, toUInt128(pair.2)
        FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hashes:Array(String)})) AS pair)
    )
)
