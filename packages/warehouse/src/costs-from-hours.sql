-- Costs of hours that nothing changed since they were summed, by bucket and group.
--
-- Placeholders as in usage-from-hours.sql.
SELECT
    roundDown(toInt64(toUnixTimestamp(hour)) * 1000, {{bucket}}) AS bucket{{groups}},
    sum(groups.events) AS events,
    sum(groups.cost_pico) AS cost_pico,
    sumForEach(groups.class_costs) AS class_costs,
    sum(groups.cache_savings_pico) AS cache_savings_pico,
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
