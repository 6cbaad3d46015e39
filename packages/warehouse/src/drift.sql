-- How far counted text and reported usage of the same events are apart, by group. An event is compared on a side when its
-- provider reported that side and its text was counted too.
--
-- groups: `expression AS g0, …`; names: `, g0, …`; conditions: the filters; after: the end of the page before.
SELECT
    toUInt64(count()) AS events
    {{names}},
    -- Of each side: the events that are compared, their tokens, and of each event |counted - reported| / reported.
    countIf(is_input) AS input_events,
    sumIf(toUInt128(reported_input), is_input) AS input_reported,
    sumIf(toUInt128(counted_input), is_input) AS input_counted,
    quantileExactIf(0.5)(input_apart, is_input) AS input_p50,
    quantileExactIf(0.95)(input_apart, is_input) AS input_p95,
    maxIf(input_apart, is_input) AS input_max,
    countIf(is_output) AS output_events,
    sumIf(toUInt128(reported_output), is_output) AS output_reported,
    sumIf(toUInt128(counted_output), is_output) AS output_counted,
    quantileExactIf(0.5)(output_apart, is_output) AS output_p50,
    quantileExactIf(0.95)(output_apart, is_output) AS output_p95,
    maxIf(output_apart, is_output) AS output_max
FROM
(
    SELECT
        -- A side that the usage left out was taken from the text: there is nothing to compare.
        isNotNull(text_input_tokens) AND NOT match(provenance, '(^|,)input:(counted|estimated)') AS is_input,
        isNotNull(text_output_tokens) AND NOT match(provenance, '(^|,)output:(counted|estimated)') AS is_output,
        ifNull(text_input_tokens, 0) AS counted_input,
        ifNull(text_output_tokens, 0) AS counted_output,
        -- All input, cached or not.
        usage_rows.input + cache_read + cache_write_5m + cache_write_1h + cache_write_other + cache_read_audio
            + input_audio + input_image + input_video + tool_input AS reported_input,
        -- All output but reasoning, which no text shows.
        usage_rows.output + output_audio + output_image AS reported_output,
        abs(toFloat64(counted_input) - reported_input) / greatest(reported_input, 1) AS input_apart,
        abs(toFloat64(counted_output) - reported_output) / greatest(reported_output, 1) AS output_apart
        {{groups}}
    FROM usage_rows FINAL
    WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
      AND hour < toDateTime({to_hour:UInt32}, 'UTC')
      AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
      AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
      AND reported_usage != ''
      {{conditions}}
)
WHERE (is_input OR is_output)
  AND {{after}}
GROUP BY {{places}}
ORDER BY {{places}}
LIMIT {limit:UInt32}
