-- One page of costs: a row for each bucket and group that has events.
--
-- parts: the queries whose sums are added up; names: `, g0, …`; after: the end of the page before.
SELECT *
FROM
(
    SELECT
        bucket{{names}},
        sum(part.events) AS events,
        sum(part.cost_pico) AS cost_pico,
        sumForEach(part.class_costs) AS class_costs,
        sum(part.cache_savings_pico) AS cache_savings_pico,
        sum(part.unpriced_events) AS unpriced_events
    FROM ({{parts}}) AS part
    GROUP BY bucket{{names}}
)
WHERE {{after}}
ORDER BY bucket{{names}}
LIMIT {limit:UInt32}
