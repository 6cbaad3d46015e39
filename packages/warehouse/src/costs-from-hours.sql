-- Costs of hours that nothing changed since they were summed, by bucket and group.
--
-- Placeholders as in usage-from-events.sql; hours: the hours to leave out, which the events answer for.
SELECT
    roundDown(toInt64(toUnixTimestamp(hour)) * 1000, {{bucket}}) AS bucket{{groups}},
    sum(summed.events) AS events,
    sum(summed.cost_pico) AS cost_pico,
    sumForEach(summed.class_costs) AS class_costs,
    sum(summed.cache_savings_pico) AS cache_savings_pico,
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
        groups.events AS events,
        groups.cost_pico AS cost_pico,
        groups.class_costs AS class_costs,
        groups.cache_savings_pico AS cache_savings_pico,
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
