-- Counted events, each once. Rows of one event in one hour share the sorting key and collapse to the first by its place in
-- the log; `hour` is a column, and the only time in the keys, because a filter on a time inside the hour would otherwise
-- skip the part that holds the first copy and show a later one.
CREATE TABLE IF NOT EXISTS usage_events
(
    customer_id LowCardinality(String),
    -- The hour of `time` in UTC. Not sent: always computed here.
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time) CODEC(DoubleDelta, LZ4),
    event_id String CODEC(ZSTD(1)),
    -- 2^128 - 2 - (log_epoch * 2^64 + log_position): the first copy has the greatest. In a tombstone it is the version of
    -- the copy that the row has to give way to, so that only a still earlier one shows again; 2^128 - 1 for a voided event.
    ver UInt128 CODEC(ZSTD(1)),
    -- 1 in a tombstone, which has no more than the key, `time` at the start of the hour, and `ver`.
    is_deleted UInt8 CODEC(T64, LZ4),
    log_partition UInt32 CODEC(T64, LZ4),
    time DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
    content_hash UInt64 CODEC(NONE),
    -- Empty where the event has none; so are the other texts.
    project_id LowCardinality(String),
    key_id LowCardinality(String),
    type LowCardinality(String),
    provider LowCardinality(String),
    model LowCardinality(String),
    service_tier LowCardinality(String),
    status LowCardinality(String),
    is_stream UInt8 CODEC(T64, LZ4),
    latency_ms Nullable(Float64) CODEC(ZSTD(1)),
    -- Tokens by class; the classes are disjoint.
    input UInt64 CODEC(T64, ZSTD(1)),
    cache_read UInt64 CODEC(T64, ZSTD(1)),
    cache_write_5m UInt64 CODEC(T64, ZSTD(1)),
    cache_write_1h UInt64 CODEC(T64, ZSTD(1)),
    cache_write_other UInt64 CODEC(T64, ZSTD(1)),
    cache_read_audio UInt64 CODEC(T64, ZSTD(1)),
    input_audio UInt64 CODEC(T64, ZSTD(1)),
    input_image UInt64 CODEC(T64, ZSTD(1)),
    input_video UInt64 CODEC(T64, ZSTD(1)),
    tool_input UInt64 CODEC(T64, ZSTD(1)),
    output UInt64 CODEC(T64, ZSTD(1)),
    reasoning UInt64 CODEC(T64, ZSTD(1)),
    output_audio UInt64 CODEC(T64, ZSTD(1)),
    output_image UInt64 CODEC(T64, ZSTD(1)),
    requests UInt64 CODEC(T64, ZSTD(1)),
    web_searches UInt64 CODEC(T64, ZSTD(1)),
    -- `class:provenance,…` in the order of the classes.
    provenance LowCardinality(String),
    rule LowCardinality(String),
    text_input_tokens Nullable(UInt64) CODEC(T64, ZSTD(1)),
    text_output_tokens Nullable(UInt64) CODEC(T64, ZSTD(1)),
    -- Picounits of the currency; null while no price is known.
    cost_pico Nullable(Int64) CODEC(T64, ZSTD(1)),
    reservation String CODEC(ZSTD(1)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    -- The provider's usage object, verbatim.
    reported_usage String CODEC(ZSTD(3)),
    -- The numeric data of a meter event, as JSON.
    data String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(ver, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (customer_id, hour, event_id)
-- An insert is on the disk before it is acknowledged: the log is told to forget its records after that.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
