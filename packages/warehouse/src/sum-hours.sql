-- Sums hours of customers anew. An hour whose events are all withdrawn gets a row without a group.
--
-- customers, hours: parallel arrays, one element an hour of a customer; now_ms: the server's clock before this began.
INSERT INTO usage_hours
(
    customer_id,
    hour,
    computed_at,
    groups.project_id,
    groups.key_id,
    groups.type,
    groups.provider,
    groups.model,
    groups.service_tier,
    groups.status,
    groups.currency,
    groups.input,
    groups.cache_read,
    groups.cache_write_5m,
    groups.cache_write_1h,
    groups.cache_write_other,
    groups.cache_read_audio,
    groups.input_audio,
    groups.input_image,
    groups.input_video,
    groups.tool_input,
    groups.output,
    groups.reasoning,
    groups.output_audio,
    groups.output_image,
    groups.requests,
    groups.web_searches,
    groups.events,
    groups.cost_pico,
    groups.class_costs,
    groups.cache_savings_pico,
    groups.unpriced_events
)
WITH wanted AS
(
    SELECT
        pair.1 AS customer_id,
        toDateTime(pair.2, 'UTC') AS hour
    FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hours:Array(UInt32)})) AS pair)
)
SELECT
    customer_id,
    hour,
    fromUnixTimestamp64Milli({now_ms:Int64}, 'UTC'),
    project_ids,
    key_ids,
    types,
    providers,
    models,
    service_tiers,
    statuss,
    currencys,
    inputs,
    cache_reads,
    cache_write_5ms,
    cache_write_1hs,
    cache_write_others,
    cache_read_audios,
    input_audios,
    input_images,
    input_videos,
    tool_inputs,
    outputs,
    reasonings,
    output_audios,
    output_images,
    requestss,
    web_searchess,
    eventss,
    cost_picos,
    class_costss,
    cache_savings_picos,
    unpriced_eventss
FROM wanted
LEFT JOIN
(
    SELECT
        customer_id,
        hour,
        groupArray(project_id) AS project_ids,
        groupArray(key_id) AS key_ids,
        groupArray(type) AS types,
        groupArray(provider) AS providers,
        groupArray(model) AS models,
        groupArray(service_tier) AS service_tiers,
        groupArray(status) AS statuss,
        groupArray(currency) AS currencys,
        groupArray(input_sum) AS inputs,
        groupArray(cache_read_sum) AS cache_reads,
        groupArray(cache_write_5m_sum) AS cache_write_5ms,
        groupArray(cache_write_1h_sum) AS cache_write_1hs,
        groupArray(cache_write_other_sum) AS cache_write_others,
        groupArray(cache_read_audio_sum) AS cache_read_audios,
        groupArray(input_audio_sum) AS input_audios,
        groupArray(input_image_sum) AS input_images,
        groupArray(input_video_sum) AS input_videos,
        groupArray(tool_input_sum) AS tool_inputs,
        groupArray(output_sum) AS outputs,
        groupArray(reasoning_sum) AS reasonings,
        groupArray(output_audio_sum) AS output_audios,
        groupArray(output_image_sum) AS output_images,
        groupArray(requests_sum) AS requestss,
        groupArray(web_searches_sum) AS web_searchess,
        groupArray(events_sum) AS eventss,
        groupArray(cost_pico_sum) AS cost_picos,
        groupArray(class_costs_sum) AS class_costss,
        groupArray(cache_savings_pico_sum) AS cache_savings_picos,
        groupArray(unpriced_events_sum) AS unpriced_eventss
    FROM
    (
        SELECT
            customer_id,
            hour,
            project_id,
            key_id,
            type,
            provider,
            model,
            service_tier,
            status,
            currency,
            sum(toUInt128(input)) AS input_sum,
            sum(toUInt128(cache_read)) AS cache_read_sum,
            sum(toUInt128(cache_write_5m)) AS cache_write_5m_sum,
            sum(toUInt128(cache_write_1h)) AS cache_write_1h_sum,
            sum(toUInt128(cache_write_other)) AS cache_write_other_sum,
            sum(toUInt128(cache_read_audio)) AS cache_read_audio_sum,
            sum(toUInt128(input_audio)) AS input_audio_sum,
            sum(toUInt128(input_image)) AS input_image_sum,
            sum(toUInt128(input_video)) AS input_video_sum,
            sum(toUInt128(tool_input)) AS tool_input_sum,
            sum(toUInt128(output)) AS output_sum,
            sum(toUInt128(reasoning)) AS reasoning_sum,
            sum(toUInt128(output_audio)) AS output_audio_sum,
            sum(toUInt128(output_image)) AS output_image_sum,
            sum(toUInt128(requests)) AS requests_sum,
            sum(toUInt128(web_searches)) AS web_searches_sum,
            count() AS events_sum,
            sum(toInt128(ifNull(cost_pico, 0))) AS cost_pico_sum,
            sumForEach(CAST(class_costs, 'Array(Int128)')) AS class_costs_sum,
            sum(toInt128(cache_savings_pico)) AS cache_savings_pico_sum,
            countIf(isNull(cost_pico)) AS unpriced_events_sum
        FROM usage_rows FINAL
        WHERE (customer_id, hour) IN (SELECT customer_id, hour FROM wanted)
        GROUP BY customer_id, hour, project_id, key_id, type, provider, model, service_tier, status, currency
    )
    GROUP BY customer_id, hour
) AS summed USING (customer_id, hour)
