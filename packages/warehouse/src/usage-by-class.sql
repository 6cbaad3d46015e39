-- One page of usage by token class: a row for each bucket, group and class that has tokens.
--
-- parts: as in usage-sums.sql; after: as in bucket-page.sql; names: the groups but the class; order: all groups, the class among them; classes: the
-- ones that are asked for.
SELECT
    bucket{{names}},
    token_class,
    tokens
FROM
(
    SELECT
        bucket{{names}},
        [
            sum(part.input),
            sum(part.cache_read),
            sum(part.cache_write_5m),
            sum(part.cache_write_1h),
            sum(part.cache_write_other),
            sum(part.cache_read_audio),
            sum(part.input_audio),
            sum(part.input_image),
            sum(part.input_video),
            sum(part.tool_input),
            sum(part.output),
            sum(part.reasoning),
            sum(part.output_audio),
            sum(part.output_image)
        ] AS sums
    FROM ({{parts}}) AS part
    GROUP BY bucket{{names}}
)
ARRAY JOIN
    -- Names in the order of the sums.
    ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'cache_write_other', 'cache_read_audio', 'input_audio', 'input_image', 'input_video', 'tool_input', 'output', 'reasoning', 'output_audio', 'output_image'] AS token_class,
    sums AS tokens
WHERE tokens > 0 AND token_class IN [{{classes}}] AND {{after}}
ORDER BY bucket{{order}}
LIMIT {limit:UInt32}
