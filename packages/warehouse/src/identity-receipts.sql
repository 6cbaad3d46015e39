-- All receipts of the events that are named by customer and hash, in parallel arrays; the hashes as text.
SELECT
    customer_id,
    event_id,
    toString(id_hash) AS id_hash_text,
    log_epoch,
    log_partition,
    log_position,
    -- Milliseconds, both.
    toUnixTimestamp64Milli(time) AS time_ms,
    toUnixTimestamp64Milli(received_at) AS received_ms,
    content_hash,
    toString(outcome) AS outcome_name,
    reason,
    is_replay,
    reporter_key_id
FROM receipts FINAL
WHERE (customer_id, id_hash) IN
(
    SELECT pair.1, toUInt128(pair.2)
    FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hashes:Array(String)})) AS pair)
)
