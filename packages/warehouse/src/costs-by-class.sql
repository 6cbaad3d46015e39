-- One page of costs by class: a row for each bucket, group and class that cost anything.
--
-- parts: as in usage-sums.sql; after: as in bucket-page.sql; names: the groups but the class; order: all groups, the class among them; classes: all
-- there are, in their order; asked: the ones that are asked for.
SELECT
    bucket{{names}},
    token_class,
    class_cost AS cost_pico
FROM
(
    SELECT
        bucket{{names}},
        sumForEach(part.class_costs) AS sums
    FROM ({{parts}}) AS part
    GROUP BY bucket{{names}}
)
ARRAY JOIN
    [{{classes}}] AS token_class,
    -- Lists end at their last cost that is not 0.
    arrayResize(sums, length([{{classes}}])) AS class_cost
WHERE class_cost != 0 AND token_class IN [{{asked}}] AND {{after}}
ORDER BY bucket{{order}}
LIMIT {limit:UInt32}
