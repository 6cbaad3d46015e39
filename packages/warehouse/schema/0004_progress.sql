-- Up to when everything accepted in a partition of the log is stored.
CREATE TABLE IF NOT EXISTS partition_progress
(
    log_epoch UInt32,
    log_partition UInt32,
    as_of SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (log_epoch, log_partition);

-- Up to when, by the server's clock, an audit has looked at the receipts inserted.
CREATE TABLE IF NOT EXISTS audit_progress
(
    audit LowCardinality(String),
    looked_until SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY audit;
