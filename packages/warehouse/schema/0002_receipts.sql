-- One row for each record of the log, whatever became of it: what the books are kept from, and how copies are found. The
-- sorting key holds the place, so a record that is read again replaces itself and a copy never does.
CREATE TABLE IF NOT EXISTS receipts
(
    customer_id LowCardinality(String),
    -- Names the event inside the customer in 16 bytes. Not sent: always computed here.
    id_hash UInt128 MATERIALIZED reinterpretAsUInt128(sipHash128Reference(event_id)) CODEC(LZ4),
    log_epoch UInt32 CODEC(T64, LZ4),
    log_partition UInt32 CODEC(T64, LZ4),
    log_position UInt64 CODEC(T64, ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    -- The time that this copy carries.
    time DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
    content_hash UInt64 CODEC(NONE),
    outcome Enum8('countable' = 1, 'dead_lettered' = 2, 'void' = 3) CODEC(T64, LZ4),
    reason LowCardinality(String),
    is_replay UInt8 CODEC(T64, LZ4),
    reporter_key_id LowCardinality(String),
    -- Of the usage row that came with the record, for lists; the reporter and empty where none came.
    key_id LowCardinality(String),
    model LowCardinality(String),
    -- The server's clock when the row was inserted: the audit looks at what came since its last pass.
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(T64, ZSTD(1)),
    INDEX time_range time TYPE minmax GRANULARITY 4,
    INDEX inserted_at_range inserted_at TYPE minmax GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (customer_id, id_hash, log_epoch, log_partition, log_position)
SETTINGS index_granularity = 2048, fsync_after_insert = 1, fsync_part_directory = 1;

-- The ranges of offsets that batches covered, written last: what it says is stored.
CREATE TABLE IF NOT EXISTS consumed_ranges
(
    log_epoch UInt32,
    log_partition UInt32,
    first_offset UInt64 CODEC(DoubleDelta, LZ4),
    -- The offset after the last entry of the batch.
    next_offset UInt64 CODEC(DoubleDelta, LZ4)
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (log_epoch, log_partition, first_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
