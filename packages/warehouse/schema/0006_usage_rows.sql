-- Counted events in a layout whose version has room for revisions: an event that was rated again replaces itself for good,
-- also when the log is read again from its beginning. The version cannot be changed in place, so the rows move.
--
-- The old table is renamed first: a process of an older release, which writes versions of the old kind, is refused from
-- then on, and tries again until it is replaced.
CREATE TABLE IF NOT EXISTS usage_rows
(
    customer_id LowCardinality(String),
    -- The hour of `time` in UTC. Not sent: always computed here.
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time) CODEC(DoubleDelta, LZ4),
    event_id String CODEC(ZSTD(1)),
    -- (2^96 - 1 - (log_epoch * 2^64 + log_position)) * 2^24 + revision: the first copy has the greatest, and of several
    -- revisions of it the latest. In a tombstone it is the place of the copy that the row has to give way to with the
    -- greatest revision, so that only a still earlier copy shows again; 2^128 - 1 for a voided event. See version.ts.
    version UInt128 CODEC(ZSTD(1)),
    -- 1 in a tombstone, which has no more than the key, `time` at the start of the hour, and `version`.
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
    -- As the event named it; empty where it did not.
    region LowCardinality(String),
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
    -- ISO 4217; empty in rows from before prices.
    currency LowCardinality(String),
    -- Picounits of the currency; null while no price is known.
    cost_pico Nullable(Int64) CODEC(T64, ZSTD(1)),
    -- Picounits by place in COST_CLASSES of the domain, without the zeros at the end. They add up to `cost_pico`.
    class_costs Array(Int64) CODEC(ZSTD(1)),
    -- Picounits that the tokens read from a cache would have cost more as plain input.
    cache_savings_pico Int64 CODEC(T64, ZSTD(1)),
    -- The versions of prices that made the cost.
    price_ids Array(LowCardinality(String)) CODEC(ZSTD(1)),
    -- A code; empty when there is a cost, and in rows from before prices.
    unpriced_reason LowCardinality(String),
    -- What is odd about the event though it counts.
    flags Array(LowCardinality(String)) CODEC(ZSTD(1)),
    reservation String CODEC(ZSTD(1)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    -- The provider's usage object, verbatim.
    reported_usage String CODEC(ZSTD(3)),
    -- The numeric data of a meter event, as JSON.
    data String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (customer_id, hour, event_id)
-- An insert is on the disk before it is acknowledged: the log is told to forget its records after that.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

RENAME TABLE IF EXISTS usage_events TO usage_events_before;

-- What was being inserted at that moment has to be there before the rows are read. The step is tried again until it is.
SELECT throwIf(count() > 0, 'inserts are under way')
FROM system.processes
WHERE query_kind = 'Insert' AND current_database = currentDatabase() AND query LIKE '%INTO usage_events%';

-- Rows that were copied already replace themselves.
INSERT INTO usage_rows
(
    customer_id,
    event_id,
    version,
    is_deleted,
    log_partition,
    time,
    received_at,
    content_hash,
    project_id,
    key_id,
    type,
    provider,
    model,
    service_tier,
    region,
    status,
    is_stream,
    latency_ms,
    input,
    cache_read,
    cache_write_5m,
    cache_write_1h,
    cache_write_other,
    cache_read_audio,
    input_audio,
    input_image,
    input_video,
    tool_input,
    output,
    reasoning,
    output_audio,
    output_image,
    requests,
    web_searches,
    provenance,
    rule,
    text_input_tokens,
    text_output_tokens,
    currency,
    cost_pico,
    class_costs,
    cache_savings_pico,
    price_ids,
    unpriced_reason,
    flags,
    reservation,
    metadata,
    reported_usage,
    data
)
SELECT
    customer_id,
    event_id,
    -- A tombstone beats every revision of its place; what voided an event stays the greatest there is.
    if(
        ver = bitNot(toUInt128(0)),
        ver,
        -- 2^96 - 1 - place, from what was 2^128 - 2 - place.
        toUInt128(bitShiftLeft(toUInt128(ver - bitShiftLeft(toUInt128(4294967295), 96) + 1), 24) + if(is_deleted = 1, 16777215, 0))
    ),
    is_deleted,
    log_partition,
    time,
    received_at,
    content_hash,
    project_id,
    key_id,
    type,
    provider,
    model,
    service_tier,
    region,
    status,
    is_stream,
    latency_ms,
    input,
    cache_read,
    cache_write_5m,
    cache_write_1h,
    cache_write_other,
    cache_read_audio,
    input_audio,
    input_image,
    input_video,
    tool_input,
    output,
    reasoning,
    output_audio,
    output_image,
    requests,
    web_searches,
    provenance,
    rule,
    text_input_tokens,
    text_output_tokens,
    currency,
    cost_pico,
    class_costs,
    cache_savings_pico,
    price_ids,
    unpriced_reason,
    flags,
    reservation,
    metadata,
    reported_usage,
    data
FROM usage_events_before
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

DROP TABLE IF EXISTS usage_events_before;

-- What was withdrawn lately, with versions of the new kind. Forgotten withdrawals are made again, to no effect.
CREATE TABLE IF NOT EXISTS tombstones
(
    customer_id LowCardinality(String),
    event_id String,
    hour DateTime('UTC'),
    version UInt128,
    withdrawn_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY withdrawn_at
TTL toDateTime(withdrawn_at) + INTERVAL 2 DAY;

DROP TABLE IF EXISTS withdrawals;
