-- Sums of hours that nothing changed since they were summed, by bucket and group.
--
-- Placeholders as in usage-from-events.sql, but that hours are the ones to leave out, which the events answer for, and
-- customers the filter by customer.
SELECT
    roundDown(toInt64(toUnixTimestamp(hour)) * 1000, {{bucket}}) AS bucket{{groups}},
    sum(groups.input) AS input,
    sum(groups.cache_read) AS cache_read,
    sum(groups.cache_write_5m) AS cache_write_5m,
    sum(groups.cache_write_1h) AS cache_write_1h,
    sum(groups.cache_write_other) AS cache_write_other,
    sum(groups.cache_read_audio) AS cache_read_audio,
    sum(groups.input_audio) AS input_audio,
    sum(groups.input_image) AS input_image,
    sum(groups.input_video) AS input_video,
    sum(groups.tool_input) AS tool_input,
    sum(groups.output) AS output,
    sum(groups.reasoning) AS reasoning,
    sum(groups.output_audio) AS output_audio,
    sum(groups.output_image) AS output_image,
    sum(groups.requests) AS requests,
    sum(groups.web_searches) AS web_searches,
    sum(groups.events) AS events,
    sum(groups.cost_pico) AS cost_pico,
    minIf(groups.currency, groups.events > groups.unpriced_events) AS first_currency,
    maxIf(groups.currency, groups.events > groups.unpriced_events) AS last_currency,
    sum(groups.unpriced_events) AS unpriced_events
FROM usage_hours FINAL
ARRAY JOIN groups
PREWHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  {{hours}}
  {{customers}}
WHERE true
  {{conditions}}
GROUP BY bucket{{names}}
