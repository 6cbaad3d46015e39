-- Sums of costs out of those of several sources, by bucket and group.
--
-- parts: the queries whose sums are added up; names: `, g0, …`.
SELECT
    bucket{{names}},
    sum(part.events) AS events,
    sum(part.cost_pico) AS cost_pico,
    sumForEach(part.class_costs) AS class_costs,
    sum(part.cache_savings_pico) AS cache_savings_pico,
    sum(part.unpriced_events) AS unpriced_events
FROM ({{parts}}) AS part
GROUP BY bucket{{names}}
