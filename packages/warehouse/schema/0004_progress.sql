-- Up to when everything accepted in a partition of the log is stored.
CREATE TABLE IF NOT EXISTS partition_progress
(
    log_epoch UInt32,
    log_partition UInt32,
    as_of SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (log_epoch, log_partition);

-- What the audit has withdrawn lately, so that its next pass does not withdraw it again and unsettle the hours.
CREATE TABLE IF NOT EXISTS withdrawals
(
    customer_id LowCardinality(String),
    event_id String,
    hour DateTime('UTC'),
    -- The version of the tombstone.
    ver UInt128,
    withdrawn_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY withdrawn_at
TTL toDateTime(withdrawn_at) + INTERVAL 2 DAY;

-- Up to when, by the server's clock, an audit has looked at the receipts inserted.
CREATE TABLE IF NOT EXISTS audit_progress
(
    audit LowCardinality(String),
    looked_until SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY audit;
