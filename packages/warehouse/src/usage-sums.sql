-- Sums of usage out of those of several sources, by bucket and group.
--
-- parts: the queries whose sums are added up; names: `, g0, …`.
SELECT
    bucket{{names}},
    sum(part.input) AS input,
    sum(part.cache_read) AS cache_read,
    sum(part.cache_write_5m) AS cache_write_5m,
    sum(part.cache_write_1h) AS cache_write_1h,
    sum(part.cache_write_other) AS cache_write_other,
    sum(part.cache_read_audio) AS cache_read_audio,
    sum(part.input_audio) AS input_audio,
    sum(part.input_image) AS input_image,
    sum(part.input_video) AS input_video,
    sum(part.tool_input) AS tool_input,
    sum(part.output) AS output,
    sum(part.reasoning) AS reasoning,
    sum(part.output_audio) AS output_audio,
    sum(part.output_image) AS output_image,
    sum(part.requests) AS requests,
    sum(part.web_searches) AS web_searches,
    sum(part.events) AS events,
    sum(part.cost_pico) AS cost_pico,
    minIf(part.first_currency, part.first_currency != '') AS first_currency,
    max(part.last_currency) AS last_currency,
    sum(part.unpriced_events) AS unpriced_events
FROM ({{parts}}) AS part
GROUP BY bucket{{names}}
