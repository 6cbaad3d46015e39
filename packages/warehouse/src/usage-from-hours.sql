-- Sums of hours that nothing changed since they were summed, by bucket and group.
--
-- Placeholders as in usage-from-events.sql; hours: the hours to leave out, which the events answer for.
SELECT
    roundDown(toInt64(toUnixTimestamp(hour)) * 1000, {{bucket}}) AS bucket{{groups}},
    sum(summed.input) AS input,
    sum(summed.cache_read) AS cache_read,
    sum(summed.cache_write_5m) AS cache_write_5m,
    sum(summed.cache_write_1h) AS cache_write_1h,
    sum(summed.cache_write_other) AS cache_write_other,
    sum(summed.cache_read_audio) AS cache_read_audio,
    sum(summed.input_audio) AS input_audio,
    sum(summed.input_image) AS input_image,
    sum(summed.input_video) AS input_video,
    sum(summed.tool_input) AS tool_input,
    sum(summed.output) AS output,
    sum(summed.reasoning) AS reasoning,
    sum(summed.output_audio) AS output_audio,
    sum(summed.output_image) AS output_image,
    sum(summed.requests) AS requests,
    sum(summed.web_searches) AS web_searches,
    sum(summed.events) AS events,
    sum(summed.cost_pico) AS cost_pico,
    minIf(summed.currency, summed.events > summed.unpriced_events) AS first_currency,
    maxIf(summed.currency, summed.events > summed.unpriced_events) AS last_currency,
    sum(summed.unpriced_events) AS unpriced_events
FROM
(
    SELECT
        customer_id,
        hour,
        groups.project_id AS project_id,
        groups.key_id AS key_id,
        groups.type AS type,
        groups.provider AS provider,
        groups.model AS model,
        groups.service_tier AS service_tier,
        groups.status AS status,
        groups.currency AS currency,
        groups.input AS input,
        groups.cache_read AS cache_read,
        groups.cache_write_5m AS cache_write_5m,
        groups.cache_write_1h AS cache_write_1h,
        groups.cache_write_other AS cache_write_other,
        groups.cache_read_audio AS cache_read_audio,
        groups.input_audio AS input_audio,
        groups.input_image AS input_image,
        groups.input_video AS input_video,
        groups.tool_input AS tool_input,
        groups.output AS output,
        groups.reasoning AS reasoning,
        groups.output_audio AS output_audio,
        groups.output_image AS output_image,
        groups.requests AS requests,
        groups.web_searches AS web_searches,
        groups.events AS events,
        groups.cost_pico AS cost_pico,
        groups.unpriced_events AS unpriced_events
    FROM usage_hours FINAL
    ARRAY JOIN groups
    WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
      AND hour < toDateTime({to_hour:UInt32}, 'UTC')
      {{hours}}
      {{customers}}
) AS summed
WHERE true
  {{conditions}}
GROUP BY bucket{{names}}
