-- One page of sums: a row for each bucket and group that has any.
--
-- sums: the query that has them all; names: `, g0, …`; after: the end of the page before, and what a row has to have.
SELECT *
FROM ({{sums}})
WHERE {{after}}
ORDER BY bucket{{names}}
LIMIT {limit:UInt32}
