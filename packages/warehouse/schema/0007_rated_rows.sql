-- What the rows of usage would cost anew, one row for each that a re-rate looked at. Applying it writes from here, so it is
-- exactly what its report shows. Rating a page again replaces the page's rows.
CREATE TABLE IF NOT EXISTS rated_rows
(
    rerate_id LowCardinality(String),
    customer_id LowCardinality(String),
    hour DateTime('UTC') CODEC(DoubleDelta, LZ4),
    event_id String CODEC(ZSTD(1)),
    -- Of the usage row that was rated. One of a later version is another row, and is left alone.
    version UInt128 CODEC(ZSTD(1)),
    -- `locked`: in a period that is closed.
    outcome Enum8('same' = 1, 'changed' = 2, 'locked' = 3) CODEC(T64, LZ4),
    provider LowCardinality(String),
    model LowCardinality(String),
    -- What the row has; see `usage_rows`.
    old_cost_pico Nullable(Int64) CODEC(T64, ZSTD(1)),
    old_price_ids Array(LowCardinality(String)) CODEC(ZSTD(1)),
    -- What it would have.
    currency LowCardinality(String),
    cost_pico Nullable(Int64) CODEC(T64, ZSTD(1)),
    class_costs Array(Int64) CODEC(ZSTD(1)),
    cache_savings_pico Int64 CODEC(T64, ZSTD(1)),
    price_ids Array(LowCardinality(String)) CODEC(ZSTD(1)),
    unpriced_reason LowCardinality(String),
    rated_at DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree
ORDER BY (rerate_id, customer_id, hour, event_id)
TTL rated_at + INTERVAL 400 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
