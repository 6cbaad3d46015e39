-- Rows of usage as they were before a tombstone took their place: a finalized invoice that counted them can be calculated again.
-- They have all that a row has, so a column that `usage_rows` is given has to be given here too.
CREATE TABLE IF NOT EXISTS withdrawn_rows AS usage_rows
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (customer_id, hour, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE withdrawn_rows
    -- By the server's clock, a moment before the tombstone.
    ADD COLUMN IF NOT EXISTS withdrawn_at DateTime64(3, 'UTC') DEFAULT now64(3);
