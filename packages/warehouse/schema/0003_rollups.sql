-- When the rows of a customer's hour last changed, by the server's clock. Written before the rows themselves, so that no
-- hour changes unmarked; an hour with rows always has a mark.
CREATE TABLE IF NOT EXISTS hour_changes
(
    customer_id LowCardinality(String),
    hour DateTime('UTC'),
    changed_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) DEFAULT now64(3)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (customer_id, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- An hour of a customer, summed. One row an hour, so that a new sum replaces the old one whole and at once.
CREATE TABLE IF NOT EXISTS usage_hours
(
    customer_id LowCardinality(String),
    hour DateTime('UTC'),
    -- The server's clock before the events were read. The row counts only while nothing changed since; see `hour_changes`.
    computed_at DateTime64(3, 'UTC'),
    -- One element for each combination of these seven, in parallel arrays.
    groups Nested
    (
        project_id LowCardinality(String),
        key_id LowCardinality(String),
        type LowCardinality(String),
        provider LowCardinality(String),
        model LowCardinality(String),
        service_tier LowCardinality(String),
        status LowCardinality(String),
        -- Sums over the events of the group, wide enough never to wrap.
        input UInt128,
        cache_read UInt128,
        cache_write_5m UInt128,
        cache_write_1h UInt128,
        cache_write_other UInt128,
        cache_read_audio UInt128,
        input_audio UInt128,
        input_image UInt128,
        input_video UInt128,
        tool_input UInt128,
        output UInt128,
        reasoning UInt128,
        output_audio UInt128,
        output_image UInt128,
        requests UInt128,
        web_searches UInt128,
        events UInt64,
        cost_pico Int128,
        unpriced_events UInt64
    )
)
ENGINE = ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(hour)
ORDER BY (customer_id, hour);
